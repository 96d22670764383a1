import { type ChildLoggerOptions, type DestinationStream, type Logger, pino } from 'pino'
import { errorFacts } from './error-facts.ts'

/** Some 20,000 lines. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
/** Characters that are written at once, unless a line alone is longer: what waits is lost by so much. */
const MAX_WRITE = 16_384
/** Lines wait so long for others to be written with: each write wakes another thread, which costs more than to make a line. */
const GATHERING_MS = 50
/** Members that could be a body, or headers with credentials. */
const unlogged = ['text', 'body', 'headers'] as const
const errorSerializers = { err: errorFacts, error: errorFacts }

/**
 * The service's logger: one JSON object a line. Fields are chosen where they are logged; errors are reduced to
 * type, code and stack frames; anything that could be a body, or headers with credentials, is removed as a second line of defence.
 */
export function createLogger(level: string, destination: DestinationStream = logOutput()): Logger {
  const logger = pino(
    {
      level,
      serializers: errorSerializers,
      hooks: {
        // Without a message pino takes that of the error.
        logMethod(args, method) {
          const [first, ...rest] = args as unknown[]
          const fields = first instanceof Error ? { err: first } : first
          const needed = rest.length === 0 && typeof fields === 'object' && fields !== null && 'err' in fields
          method.apply(this, [fields, ...(needed ? ['error'] : rest)] as Parameters<typeof method>)
        }
      },
      formatters: { log: withoutUnlogged }
    },
    destination
  )
  const child = logger.child as unknown as (fields: object, options?: ChildLoggerOptions) => Logger
  // Formatters do not see what a child is given. Its own children are made by the same function.
  return Object.assign(logger, {
    child(this: unknown, fields: object, options?: ChildLoggerOptions) {
      return child.call(this, withoutUnlogged({ ...fields }), options)
    }
  })
}

/**
 * The same fields but for the unlogged ones, at the top and in objects there. The paths of pino's `redact` would do as
 * much for more than twice what it takes to write the line.
 */
function withoutUnlogged(fields: Record<string, unknown>): Record<string, unknown> {
  let own = omitUnlogged(fields)
  for (const [key, value] of Object.entries(own)) {
    if (typeof value !== 'object' || value === null || Object.hasOwn(errorSerializers, key)) continue
    const rest = value instanceof Error ? errorFacts(value) : omitUnlogged(value as Record<string, unknown>)
    if (rest !== value) own = { ...own, [key]: rest }
  }
  return own
}

function omitUnlogged(fields: Record<string, unknown>): Record<string, unknown> {
  if (!unlogged.some(name => name in fields)) return fields
  const { text, body, headers, ...rest } = fields
  return rest
}

/**
 * A full disk, or a reader of the log that has gone or stands still, must not stop the service: what cannot be written
 * is tried again with the next line, and lost when too much waits.
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
      if (lines.push(line) === 1) setTimeout(writeLines, GATHERING_MS).unref()
    }
  }
}
