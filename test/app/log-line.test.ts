import { AsyncLocalStorage } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { type Context, context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { ServiceError } from '../../src/errors.ts'
import { LogLineSchema } from '../../src/schemas/log-line.ts'
import { compileValidator } from '../../src/schemas/validator.ts'
import { testApp } from '../helpers/build-app.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

const valid = compileValidator(LogLineSchema)

/** Lines of requests, as objects. */
function requestLines(lines: readonly string[]): Record<string, unknown>[] {
  return lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'request')
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'
const traceparent = `00-${traceId}-${parentId}-01`

describe('the line of a request', () => {
  test('has the fields that are documented, and no others', async () => {
    const answer = ({ text }: { text: string }) =>
      text === 'bad'
        ? { error: new ServiceError('worker_crashed') }
        : { analyzed: { entities: [], cutSentences: [] } }
    const { key, entry } = createKey({ id: 'reader', scopes: ['read'] })
    const keys = temporaryFile('keys.json', JSON.stringify({ keys: [entry] }))
    const { app, lines } = await testApp({
      recognizer: fakeRecognizer({ answer }),
      config: { NER_API_KEYS_FILE: keys }
    })
    const post = (url: string, payload: object) =>
      app.inject({ method: 'POST', url, headers: { traceparent, 'x-api-key': key }, payload })
    await post('/ner', { text: 'x' })
    await post('/ner', { text: 'bad' })
    await post('/ner', { text: 5 })
    await post('/ner/batch', {
      documents: [
        { id: 'a', text: 'bad' },
        { id: 'b', text: 'x' }
      ]
    })
    for (const url of ['/nowhere', '/livez', '/metrics', '/labels']) await app.inject({ url })
    const logged = requestLines(lines)
    expect(logged).toHaveLength(8)
    for (const line of logged) expect([valid(line), valid.errors]).toEqual([true, null])
    expect([...new Set(logged.flatMap(line => Object.keys(line)))].sort()).toEqual(
      Object.keys(LogLineSchema.properties).sort()
    )
  })

  test('of what is no request has its status and code', async () => {
    const { app, lines } = await testApp()
    const { headers } = await app.inject({ url: '/%zz' })
    const { level, time, pid, hostname, ...fields } = requestLines(lines)[0]
    expect(fields).toEqual({
      status: 400,
      code: 'malformed_request',
      requestId: headers['x-request-id'],
      msg: 'request'
    })
  })

  test.each(Object.entries(LogLineSchema.properties))('is documented: %s', (name, property) => {
    const { description } = property as unknown as { description: string }
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
    expect(page).toContain(`| \`${name}\` | ${description} |`)
  })
})

describe('the trace of a request', () => {
  test('is that of its caller, with a span of its own', async () => {
    const { app, lines } = await testApp()
    for (let i = 0; i < 2; i++) await app.inject({ url: '/labels', headers: { traceparent } })
    const [first, second] = requestLines(lines)
    expect(first).toMatchObject({ trace_id: traceId, parent_id: parentId })
    expect(second).toMatchObject({ trace_id: traceId, parent_id: parentId })
    expect(new Set([first.span_id, second.span_id, parentId]).size).toBe(3)
  })

  test.each([
    ['none', undefined],
    ['one that is not valid', 'Jane Roe'],
    ['two', `${traceparent}, ${traceparent}`]
  ])('begins here where the caller names %s', async (_what, given) => {
    const { app, lines } = await testApp()
    for (let i = 0; i < 2; i++) {
      await app.inject({ url: '/labels', ...(given && { headers: { traceparent: given } }) })
    }
    const [first, second] = requestLines(lines)
    expect(first.trace_id).not.toBe(second.trace_id)
    expect(first).not.toHaveProperty('parent_id')
    expect(lines.join('')).not.toMatch(/Jane|4bf92f/)
  })

  test('is on every line of the request', async () => {
    const answer = () => Promise.reject(new Error('broken'))
    const { app, lines } = await testApp({ recognizer: fakeRecognizer({ answer }) })
    await app.inject({ method: 'POST', url: '/ner', headers: { traceparent }, payload: { text: 'x' } })
    const logged = lines.map(line => JSON.parse(line)).filter(({ requestId }) => requestId)
    expect(logged.map(({ msg }) => msg)).toEqual(['failed', 'request'])
    expect(new Set(logged.map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]))
    expect(new Set(logged.map(({ span_id }) => span_id)).size).toBe(1)
  })

  test('is that of the span which an OpenTelemetry SDK has opened, where there is one', async () => {
    const { app, lines } = await testApp()
    const storage = new AsyncLocalStorage<Context>()
    context.setGlobalContextManager({
      active: () => storage.getStore() ?? ROOT_CONTEXT,
      with: (active, run, self, ...rest) => storage.run(active, () => run.apply(self, rest)),
      bind: (_active, target) => target,
      enable: () => context as never,
      disable: () => context as never
    })
    onTestFinished(() => context.disable())
    const span = { traceId, spanId: 'abcdef0123456789', traceFlags: 1 }
    const get = async (headers: Record<string, string>) => await app.inject({ url: '/labels', headers })
    const none = { ...span, spanId: '0'.repeat(16) }
    await context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => get({ traceparent }))
    await context.with(trace.setSpanContext(ROOT_CONTEXT, none), () => get({}))
    const [inside, invalid] = requestLines(lines)
    expect(inside).toMatchObject({ trace_id: traceId, span_id: span.spanId, parent_id: parentId })
    expect(invalid.span_id).not.toBe(none.spanId)
    expect(invalid.trace_id).not.toBe(traceId)
  })
})
