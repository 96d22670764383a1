import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { testApp } from '../helpers/build-app.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

/** An app that listens and whose queue is full, and what it counts. */
async function setUp(code: 'overloaded' | 'not_ready' = 'overloaded', draining = false) {
  const recognizer = {
    ...fakeRecognizer(),
    checkAdmission() {
      throw new ServiceError(code, { detail: 'The predicted wait is 1234 ms.', retryAfter: 3 })
    }
  }
  const { app, lines } = await testApp({ recognizer, draining: () => draining })
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, lines, base }
}

/** The lines of requests. */
function requestLines(lines: readonly string[]): Record<string, unknown>[] {
  return lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'request')
}

const sent = {
  method: 'POST' as const,
  headers: {
    'content-type': 'application/json',
    'x-request-id': 'one',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  },
  body: '{"text":"no fever"}'
}

describe('a request that is refused before the framework takes it up', () => {
  test.each(['/ner', '/ner/batch'])(
    'of %s is answered, logged and counted as one that it refuses',
    async url => {
      const { app, lines, base } = await setUp()
      // The framework itself, without a socket.
      const slow = await app.inject({ url, ...sent })
      const early = await fetch(base + url, sent)
      expect(early.status).toBe(slow.statusCode)
      expect(await early.json()).toEqual(slow.json())
      const { date: _slowDate, connection: _slow, ...expected } = slow.headers
      const { date, connection, 'keep-alive': _keep, ...found } = Object.fromEntries(early.headers)
      expect(found).toEqual(expected)

      const [first, second] = requestLines(lines)
      const without = ({ time: _time, ms: _ms, span_id: _span, ...rest }: Record<string, unknown>) => rest
      expect(without(second)).toEqual(without(first))
      expect(second).toMatchObject({
        ms: expect.any(Number),
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/)
      })
      const metrics = await app.inject('/metrics')
      expect(metrics.body).toContain('ner_requests_rejected_total{reason="overloaded"} 2')
      expect(metrics.body).toContain(
        `http_server_request_duration_seconds_count{http_request_method="POST",http_route="${url}",http_response_status_code="503"} 2`
      )
    }
  )

  test('leaves its connection to the next one', async () => {
    const { base } = await setUp()
    for (let i = 0; i < 3; i++)
      expect((await fetch(`${base}/ner`, sent)).headers.get('connection')).toBe('keep-alive')
  })

  test('is one for the framework where the service is not ready, where it drains, and where a page asks', async () => {
    const notReady = await setUp('not_ready')
    expect((await fetch(`${notReady.base}/ner`, sent)).status).toBe(503)
    const draining = await setUp('overloaded', true)
    expect((await fetch(`${draining.base}/ner`, sent)).headers.get('connection')).toBe('close')
    const page = await setUp()
    const headers = { ...sent.headers, origin: 'https://example.org' }
    expect((await fetch(`${page.base}/ner`, { ...sent, headers })).status).toBe(503)
  })

  test('is none with another method or path', async () => {
    const { base } = await setUp()
    expect((await fetch(`${base}/ner`)).status).toBe(405)
    expect((await fetch(`${base}/models`)).status).toBe(200)
  })
})
