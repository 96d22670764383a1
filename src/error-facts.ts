/** What may be told of an error: its message may quote what it choked on, so that is left out. */
export interface ErrorFacts {
  readonly type: string
  readonly code?: string
  /** places in the code, innermost first */
  readonly frames?: readonly string[]
  /** the same of the error in a worker process that this one reports */
  readonly worker?: ErrorFacts
}

export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, worker } = error as { code?: unknown; worker?: ErrorFacts }
  // A message can have lines that look like frames; it stands before them, and a frame ends in a place of a file.
  const stack = error.stack ?? ''
  const message = stack.indexOf(error.message)
  const after = message < 0 ? stack : stack.slice(message + error.message.length)
  const frames = after
    .split('\n')
    .filter(line => /^\s+at (?:.*\()?(?:node:|file:|\/)\S*:\d+:\d+\)?$/.test(line))
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    frames: frames.map(frame => frame.trim()),
    ...(worker && { worker })
  }
}
