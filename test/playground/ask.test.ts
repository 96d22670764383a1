import { expect, onTestFinished, test, vi } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { ask } from '../../src/playground/ask.ts'
import { toProblem } from '../../src/schemas/problem.ts'

/** Answers the one request of a test. */
function serve(answer: () => Promise<Response> | Response) {
  const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => answer())
  onTestFinished(() => fetch.mockRestore())
  return fetch
}

function problem(error: ServiceError, status: number, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(toProblem(error, 'r-1')), { status, headers })
}

const url = 'http://service/ner'
const { signal } = new AbortController()
const send = (key?: string) => ask(url, 'chest pain', { key, signal })

test('an answer comes with its text and timing', async () => {
  const response = { model: { name: 'm', version: '1', sha256: '' }, entities: [] }
  serve(() => new Response(JSON.stringify(response), { headers: { 'server-timing': 'queue;dur=2' } }))
  expect(await send()).toMatchObject({
    kind: 'answer',
    text: 'chest pain',
    response,
    timing: { stages: [{ name: 'queue', milliseconds: 2 }] }
  })
})

test('the text goes into the body, a key into its header, and no cookie with them', async () => {
  const fetch = serve(() => new Response('{}'))
  await send('secret')
  expect(fetch).toHaveBeenCalledWith(
    url,
    expect.objectContaining({
      method: 'POST',
      body: '{"text":"chest pain"}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
      credentials: 'omit'
    })
  )
  await send()
  expect(fetch.mock.lastCall?.[1]?.headers).toEqual({ 'content-type': 'application/json' })
})

test('a problem document says what is wrong, for good', async () => {
  const error = new ServiceError('text_too_long', { detail: 'The limit is 10.', limit: 10 })
  serve(() => problem(error, 413))
  expect(await send()).toEqual({
    kind: 'failure',
    title: 'The text is too long',
    detail: 'The limit is 10.',
    reference: 'text_too_long \u00b7 request r-1',
    passes: false,
    needsKey: false
  })
})

test('an overload passes, when the service says', async () => {
  serve(() => problem(new ServiceError('overloaded', { retryAfter: 4 }), 503))
  expect(await send()).toMatchObject({ passes: true, retryAfter: 4 })
})

test('the header counts where the body does not say; a date is no number of seconds', async () => {
  serve(() => new Response('<h1>Busy</h1>', { status: 503, headers: { 'retry-after': '7' } }))
  expect(await send()).toMatchObject({
    title: 'The service answered with status 503',
    passes: true,
    retryAfter: 7
  })
  serve(() => new Response('', { status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } }))
  expect(await send()).not.toHaveProperty('retryAfter')
})

test('a status of 401 asks for a key', async () => {
  serve(() => new Response('{"title":"An API key is needed"}', { status: 401 }))
  expect(await send()).toMatchObject({ title: 'An API key is needed', needsKey: true, passes: false })
})

test('no answer at all may come to an end', async () => {
  serve(() => Promise.reject(new TypeError('Failed to fetch')))
  expect(await send()).toMatchObject({ title: 'The service does not answer', passes: true })
})

test('a request that is aborted has no outcome', async () => {
  const controller = new AbortController()
  serve(() => Promise.reject(controller.signal.reason))
  controller.abort()
  await expect(ask(url, 'x', { key: undefined, signal: controller.signal })).rejects.toBe(
    controller.signal.reason
  )
})
