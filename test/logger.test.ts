import { closeSync, openSync } from 'node:fs'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ServiceError } from '../src/errors.ts'
import { createLogger, logOutput } from '../src/logger.ts'

/** Stands for what a patient's note says. */
const MARK = 'Halvorsen-7731'

function setUp(level = 'trace') {
  const lines: string[] = []
  const logger = createLogger(level, { write: line => void lines.push(line) })
  return { lines, logger }
}

/** What one call logs, with the check that no mark is in it. */
function logged(log: (logger: ReturnType<typeof createLogger>) => void) {
  const { lines, logger } = setUp()
  log(logger)
  expect(lines.length).toBe(1)
  expect(lines[0]).not.toContain(MARK)
  return JSON.parse(lines[0])
}

describe('the logger', () => {
  test('writes one JSON object a line', () => {
    const { lines, logger } = setUp()
    logger.info({ documents: 3 }, 'done')
    logger.warn('two\nlines')
    expect(lines.map(line => line.indexOf('\n'))).toEqual(lines.map(line => line.length - 1))
    expect(lines.map(line => JSON.parse(line).msg)).toEqual(['done', 'two\nlines'])
    expect(JSON.parse(lines[0]).documents).toBe(3)
  })

  test('keeps to its level', () => {
    const { lines, logger } = setUp('warn')
    logger.info('quiet')
    logger.error('loud')
    expect(lines.map(line => JSON.parse(line).msg)).toEqual(['loud'])
  })

  test('of level silent writes nothing', () => {
    const { lines, logger } = setUp('silent')
    logger.fatal('quiet')
    expect(lines).toEqual([])
  })
})

describe('of an error the logger keeps the type, the code and the frames', () => {
  const error = Object.assign(new RangeError(`cannot read ${MARK}`), { code: 'ERR_X', text: MARK })

  test.each(['err', 'error'])('under the key %s', key => {
    const line = logged(logger => logger.error({ [key]: error }, 'failed'))
    expect(line[key]).toMatchObject({ type: 'RangeError', code: 'ERR_X' })
    expect(line[key].frames[0]).toMatch(/^at .*logger\.test\.ts/)
    expect(Object.keys(line[key]).sort()).toEqual(['code', 'frames', 'type'])
  })

  test('and leaves out its causes', () => {
    const cause = new Error(MARK, { cause: new Error(MARK) })
    const line = logged(logger => logger.error({ err: new Error('outer', { cause }) }, 'failed'))
    expect(line.err.type).toBe('Error')
  })

  test('and leaves out the errors it holds', () => {
    logged(logger => logger.error({ err: new AggregateError([new Error(MARK)], MARK) }, 'failed'))
  })

  test('also when a child of the logger writes it', () => {
    logged(logger => logger.child({ requestId: 'r1' }).error({ err: new Error(MARK) }, 'failed'))
  })

  test('also of our own errors', () => {
    const err = new ServiceError('internal', { detail: MARK, pointer: `/${MARK}`, cause: new Error(MARK) })
    expect(logged(logger => logger.error({ err }, 'failed')).err.type).toBe('ServiceError')
  })

  test('also of one that JSON.parse threw', () => {
    let err: unknown
    try {
      JSON.parse(`{"text": ${MARK}}`)
    } catch (thrown) {
      err = thrown
    }
    expect(logged(logger => logger.error({ err }, 'failed')).err.type).toBe('SyntaxError')
  })

  test('also where a code is not a string', () => {
    const err = Object.assign(new Error('x'), { code: { text: MARK } })
    expect(logged(logger => logger.error({ err }, 'failed')).err).not.toHaveProperty('code')
  })

  test.each([
    ['a string', MARK, 'string'],
    ['an object', { message: MARK, stack: MARK }, 'object'],
    ['nothing', undefined, 'undefined']
  ])('and of %s that was thrown only its type', (_what, err, type) => {
    const line = logged(logger => logger.error({ err }, 'failed'))
    if (err !== undefined) expect(line.err).toEqual({ type })
  })

  test('also when it is logged without a message', () => {
    logged(logger => logger.error({ err: error }))
  })

  test('also when nothing but the error is logged', () => {
    logged(logger => logger.error(error))
  })

  test('also when its message looks like a stack', () => {
    logged(logger => logger.error({ err: new Error(`Seen\n  at ${MARK} Clinic`) }, 'failed'))
  })
})

describe('the logger removes what could be a body', () => {
  test.each<[string, object]>([
    ['text', { text: MARK }],
    ['body', { body: MARK }],
    ['a body with members', { body: { text: MARK, documents: [{ id: 'a', text: MARK }] } }],
    ['the text of a document', { document: { id: 'a', text: MARK } }],
    ['the body of a request', { req: { method: 'POST', body: { text: MARK } } }],
    ['a list of texts', { text: [MARK, MARK] }],
    ['headers, which hold credentials', { headers: { authorization: MARK } }],
    ['the headers of a request', { req: { method: 'POST', headers: { 'x-api-key': MARK } } }],
    ['under a name that every object has', { constructor: { text: MARK } }],
    ['all of them at once', { text: MARK, a: { body: MARK }, b: { text: MARK, headers: MARK } }]
  ])('%s', (_what, fields) => {
    const line = logged(logger => logger.info({ ...fields, length: 12 }, 'read'))
    expect(line).toMatchObject({ length: 12, msg: 'read' })
  })

  test('what a child of the logger is given', () => {
    const line = logged(logger => logger.child({ text: MARK, req: { body: MARK, id: 7 } }).info('read'))
    expect(line).toMatchObject({ req: { id: 7 }, msg: 'read' })
  })

  test('what an error holds, under whatever key', () => {
    const reason = Object.assign(new RangeError(MARK), { text: MARK })
    const line = logged(logger => logger.warn({ reason, length: 12 }, 'read'))
    expect(line).toMatchObject({ reason: { type: 'RangeError' }, length: 12 })
  })

  test('but not other fields', () => {
    const fields = { requestId: 'r1', documents: 3, textLength: 120, entities: 7, timings: { queue: 1 } }
    expect(logged(logger => logger.info(fields, 'answered'))).toMatchObject(fields)
  })
})

test('what cannot be written waits up to 8 MiB, and each line beyond is told of', async () => {
  const full = openSync('/dev/full', 'w')
  onTestFinished(() => closeSync(full))
  let lost = 0
  const logger = createLogger(
    'info',
    logOutput(count => {
      lost += count
    }, full)
  )
  const [lines, bytes] = [100, 200_000]
  for (let i = 0; i < lines; i++) logger.info({ filler: 'x'.repeat(bytes) })
  await vi.waitFor(() => expect(lost).toBeGreaterThan(0))
  // A line has some 100 bytes besides.
  expect(lost).toBe(lines - Math.floor((8 * 1024 * 1024) / (bytes + 100)))
})
