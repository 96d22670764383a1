import { type DestinationStream, type Logger, pino } from 'pino'
import { errorFacts } from './error-facts.ts'

/** Some 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024

/**
 * The service's logger: one JSON object a line. Fields are chosen where they are logged; errors are reduced to
 * type, code and stack frames; anything that could be a body, or headers with credentials, is removed as a second line of defence.
 */
export function createLogger(level: string, destination: DestinationStream = logOutput()): Logger {
  return pino(
    {
      level,
      serializers: { err: errorFacts, error: errorFacts },
      hooks: {
        // Without a message pino takes that of the error.
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[]
          const fields = first instanceof Error ? { err: first } : first
          const needed = rest.length === 0 && typeof fields === 'object' && fields !== null && 'err' in fields
          method.apply(this, [fields, ...(needed ? ['error'] : rest)] as Parameters<typeof method>)
        }
      },
      redact: { paths: ['text', '*.text', 'body', '*.body', 'headers', '*.headers'], remove: true }
    },
    destination
  )
}

/**
 * A full disk, or a reader of the log that has gone or stands still, must not stop the service: what cannot be written
 * is tried again with the next line, and lost when too much waits.
 * @param onLost called for each line that is lost
 * @param descriptor of what is written to, standard output by default
 */
export function logOutput(onLost = (): void => {}, descriptor = 1): DestinationStream {
  const output = pino.destination({ dest: descriptor, sync: false, maxLength: MAX_WAITING_BYTES })
  output.on('drop', () => onLost())
  let failing = false
  // Unheard, an error would end the process.
  output.on('error', () => {
    failing = true
  })
  output.on('write', () => {
    failing = false
  })
  // At the end of the process pino waits in this until everything is written, for ever where nothing can be.
  const flush = output.flushSync.bind(output)
  output.flushSync = () => {
    if (!failing) flush()
  }
  return output
}
