import { type DestinationStream, type Logger, pino } from 'pino'
import { errorFacts } from './error-facts.ts'

/** Some 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
/** Characters that are written at once, unless a line alone is longer: what waits is lost by so much. */
const MAX_WRITE = 16_384

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
 * is tried again with the next line, and lost when too much waits. Lines of one turn of the event loop are written at
 * once: each write wakes another thread, which costs more than to make the line.
 * @param onLost called with the number of lines that are lost
 * @param descriptor of what is written to, standard output by default
 */
export function logOutput(onLost = (_lines: number): void => {}, descriptor = 1): DestinationStream {
  const output = pino.destination({ dest: descriptor, sync: false, maxLength: MAX_WAITING_BYTES })
  output.on('drop', (lines: string) => onLost(lines.split('\n').length - 1))
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
    let gathered = ''
    for (const line of lines) {
      if (gathered && gathered.length + line.length > MAX_WRITE) {
        output.write(gathered)
        gathered = ''
      }
      gathered += line
    }
    output.write(gathered)
    lines = []
  }
  // At the end of the process pino waits in this until everything is written, for ever where nothing can be.
  const flush = output.flushSync.bind(output)
  output.flushSync = () => {
    if (lines.length > 0) writeLines()
    if (!failing) flush()
  }
  return {
    write(line) {
      if (lines.push(line) === 1) setImmediate(writeLines)
    }
  }
}
