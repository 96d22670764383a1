import { type DestinationStream, type Logger, pino } from 'pino'

/** Of an error only what cannot hold a caller's text: messages of foreign errors may quote what they choked on. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  const frames = (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
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
      redact: { paths: ['text', '*.text', 'body', '*.body'], remove: true }
    },
    destination ?? pino.destination({ dest: 1, sync: false })
  )
}
