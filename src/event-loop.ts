/** Resolves when the event loop has taken up what came meanwhile: between pieces of work that others need not wait for. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
