/** Least time between two lines where standard error is not a terminal. */
const INTERVAL_MS = 5000

let last = Number.NEGATIVE_INFINITY

/** Shows on standard error what is being done: one line that is rewritten on a terminal, now and then one elsewhere. */
export function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[K${text}`)
  } else if (performance.now() - last > INTERVAL_MS) {
    last = performance.now()
    process.stderr.write(`${text}\n`)
  }
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}
