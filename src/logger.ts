import { type DestinationStream, type Logger, pino } from 'pino'
import { errorFacts } from './error-facts.ts'

/**
 * The service's logger: one JSON object a line. Fields are chosen where they are logged; errors are reduced to
 * type, code and stack frames; anything that could be a body, or headers with credentials, is removed as a second line of defence.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
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
    destination ?? pino.destination({ dest: 1, sync: false })
  )
}
