import { type DestinationStream, type Logger, pino } from 'pino'
import { errorFacts } from './error-facts.ts'

/** Some 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024

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
    destination ?? standardOutput()
  )
}

/**
 * A full disk, or a reader of the log that has gone or stands still, must not stop the service: what cannot be written
 * is tried again with the next line, and lost when too much waits. Lines of one turn of the event loop are written at
 * once: each write wakes another thread, which costs more than to make the line.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false, maxLength: MAX_WAITING_BYTES })
  let failing = false
  // Unheard, an error would end the process.
  output.on('error', () => {
    failing = true
  })
  output.on('write', () => {
    failing = false
  })
  let lines: string[] = []
  const writeLines = (): void => {
    if (lines.length > 0) output.write(lines.join(''))
    lines = []
  }
  // At the end of the process pino waits in this until everything is written, for ever where nothing can be.
  const flush = output.flushSync.bind(output)
  output.flushSync = () => {
    writeLines()
    if (!failing) flush()
  }
  return {
    write(line) {
      if (lines.push(line) === 1) setImmediate(writeLines)
    }
  }
}
