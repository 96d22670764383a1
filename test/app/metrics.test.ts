import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { testApp } from '../helpers/build-app.ts'
import { Exposition } from '../helpers/exposition.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

type App = Awaited<ReturnType<typeof testApp>>['app']

async function scrape(app: App): Promise<Exposition> {
  return new Exposition((await app.inject({ url: '/metrics' })).body)
}

/** How often each method, route and status was seen. */
function requests({ samples }: Exposition): Record<string, number> {
  return Object.fromEntries(
    samples
      .filter(({ name }) => name === 'http_server_request_duration_seconds_count')
      .map(({ labels, value }) => [
        `${labels.http_request_method} ${labels.http_route} ${labels.http_response_status_code}`,
        value
      ])
  )
}

describe('GET /metrics', () => {
  test('answers in the text format of Prometheus, not cached', async () => {
    const { app } = await testApp()
    const answer = await app.inject({ url: '/metrics' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(new Exposition(answer.body).sum('ner_model_info')).toBe(1)
  })

  test('tells the state of the recognizer at that moment', async () => {
    const recognizer = fakeRecognizer({ health: { workers: 2 }, load: { waiting: 7 } })
    const { app } = await testApp({ recognizer })
    const exposition = await scrape(app)
    expect(exposition.by('ner_workers', 'state')).toEqual({ ready: 1, starting: 1 })
    expect(exposition.sum('ner_queue_depth')).toBe(7)
  })

  test('is logged at debug', async () => {
    const { app, lines } = await testApp()
    await scrape(app)
    const line = lines.map(one => JSON.parse(one)).find(({ msg }) => msg === 'request')
    expect(line).toMatchObject({ level: 20, route: '/metrics' })
  })
})

describe('requests are counted', () => {
  test('by method, route and status: routes by their pattern, others as one', async () => {
    const { app } = await testApp()
    const post = (url: string, payload: string) =>
      app.inject({ method: 'POST', url, headers: { 'content-type': 'application/json' }, payload })
    await post('/ner', '{"text":"Aspirin daily"}')
    await post('/ner?q=1', '{"text":"Aspirin daily"}')
    await post('/ner', '{"text":""}')
    await post('/ner/batch', '{"documents":[{"id":"a","text":"x"},{"id":"a","text":"y"},7]}')
    await app.inject({ url: '/labels' })
    await app.inject({ method: 'HEAD', url: '/labels' })
    for (const url of ['/a', '/b/c', '/ner/x']) await app.inject({ url })
    await app.inject({ method: 'DELETE', url: '/ner' })
    await app.inject({ url: '/%zz' })
    await app.inject({ url: '/docs/static/swagger-ui.css' })
    const exposition = await scrape(app)
    expect(requests(exposition)).toEqual({
      'POST /ner 200': 2,
      'POST /ner 422': 1,
      'POST /ner/batch 200': 1,
      'GET /labels 200': 1,
      'HEAD /labels 200': 1,
      'GET none 404': 3,
      'DELETE none 405': 1,
      '_OTHER none 400': 1,
      'GET /docs/static/* 200': 1
    })
    expect(exposition.by('ner_requests_rejected_total', 'reason')).toEqual({
      invalid_request: 1,
      not_found: 3,
      method_not_allowed: 1,
      malformed_request: 1
    })
    expect(exposition.by('ner_documents_total', 'outcome')).toEqual({
      recognized: 3,
      duplicate_id: 1,
      invalid_request: 1
    })
    expect(requests(await scrape(app))).toMatchObject({ 'GET /metrics 200': 1 })
  })

  test.each([
    ['overloaded', 'ner_requests_rejected_total'],
    ['not_ready', 'ner_requests_rejected_total'],
    ['worker_crashed', 'ner_requests_failed_total'],
    ['deadline_exceeded', 'ner_requests_failed_total']
  ] as const)('that end in %s', async (code, metric) => {
    const answer = () => Promise.reject(new ServiceError(code))
    const { app } = await testApp({ recognizer: fakeRecognizer({ answer }) })
    await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x' } })
    expect((await scrape(app)).by(metric, 'reason')).toEqual({ [code]: 1 })
  })

  test('whose client hung up, with the time until then', async () => {
    const answer = () => Promise.reject(new ServiceError('client_gone'))
    const { app, lines } = await testApp({ recognizer: fakeRecognizer({ answer }) })
    // Nobody answers it.
    void app.inject({ method: 'POST', url: '/ner', payload: { text: 'x' } }).catch(() => {})
    while (!lines.some(line => line.includes('"status":499'))) await new Promise(setImmediate)
    const exposition = await scrape(app)
    expect(requests(exposition)).toEqual({ 'POST /ner 499': 1 })
    expect(exposition.sum('ner_requests_dropped_total')).toBe(1)
    expect(exposition.sum('http_server_request_duration_seconds_sum')).toBeGreaterThan(0)
    expect(lines.map(line => JSON.parse(line)).find(({ status }) => status === 499).code).toBe('client_gone')
  })
})

test('no text of a caller reaches the metrics, by any way in', async () => {
  const { app } = await testApp()
  const mark = 'ZZPATIENT'
  const headers = {
    'content-type': 'application/json',
    'x-request-id': mark,
    traceparent: mark,
    'user-agent': mark
  }
  for (const payload of [
    JSON.stringify({ text: `${mark} takes aspirin` }),
    JSON.stringify({ text: 'x', options: { labels: [mark] } }),
    JSON.stringify({
      documents: [
        { id: mark, text: mark },
        { id: mark, text: '' }
      ]
    }),
    `{"${mark}":1}`,
    mark
  ]) {
    for (const url of ['/ner', '/ner/batch', `/${mark}`, `/ner?q=${mark}`]) {
      await app.inject({ method: 'POST', url, headers, payload })
      await app.inject({ method: 'PATCH', url, headers: { ...headers, 'content-type': mark }, payload })
    }
  }
  const { body } = await app.inject({ url: `/metrics?q=${mark}`, headers })
  expect(body).not.toContain(mark)
  expect(body).toContain('http_route="/ner"')
})
