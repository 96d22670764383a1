import { type DestinationStream, type Logger, pino } from 'pino'

/** Of an error only what cannot hold a caller's text: messages of foreign errors may quote what they choked on. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
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
    frames: frames.map(frame => frame.trim())
  }
}

/**
 * The service's logger: one JSON object a line. Fields are chosen where they are logged; errors are reduced to
 * type, code and stack frames; anything that could be a body is removed as a second line of defence.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: serializeError, error: serializeError },
      hooks: {
        // Without a message pino takes that of the error.
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[]
          const fields = first instanceof Error ? { err: first } : first
          const needed = rest.length === 0 && typeof fields === 'object' && fields !== null && 'err' in fields
          method.apply(this, [fields, ...(needed ? ['error'] : rest)] as Parameters<typeof method>)
        }
      },
      redact: { paths: ['text', '*.text', 'body', '*.body'], remove: true }
    },
    destination ?? pino.destination({ dest: 1, sync: false })
  )
}
