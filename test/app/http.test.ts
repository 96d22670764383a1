import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { testApp } from '../helpers/build-app.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

describe('routes', () => {
  test('an unknown one is not found', async () => {
    const { app } = await testApp()
    expectProblem(await app.inject({ url: '/Jane-Roe' }), 'not_found')
  })

  test.each([
    ['GET', '/ner', 'POST'],
    ['PUT', '/ner/batch', 'POST'],
    ['POST', '/labels', 'GET, HEAD'],
    ['DELETE', '/livez', 'GET, HEAD']
  ] as const)('%s %s is the wrong method', async (method, url, allowed) => {
    const { app } = await testApp()
    const answer = await app.inject({ method, url: `${url}?q=1` })
    expectProblem(answer, 'method_not_allowed')
    expect(answer.headers.allow).toBe(allowed)
  })

  test.each([
    ['QUERY', '/labels', 'method_not_allowed'],
    ['POST', '/labels', 'method_not_allowed'],
    ['PUT', '/nowhere', 'not_found']
  ] as const)('%s %s is refused whatever its body is', async (method, url, code) => {
    const { app } = await testApp()
    for (const headers of [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/json' }]) {
      expectProblem(await app.inject({ method: method as 'PUT', url, headers, payload: '{"text' }), code)
    }
  })

  test.each(['/:(', '/:a(', '/ner/batch:(', '/:x((a+)+$)', '/*'])(
    '%s is not read as a pattern',
    async url => {
      const { app } = await testApp()
      expectProblem(await app.inject({ method: 'DELETE', url: url as '/' }), 'not_found')
    }
  )

  test('a URL that cannot be decoded is malformed', async () => {
    const { app } = await testApp()
    const answer = await app.inject({ url: '/%zz' })
    expect(expectProblem(answer, 'malformed_request').requestId).toBe(answer.headers['x-request-id'])
  })

  test.each(['/livez', '/readyz', '/startupz', '/labels', '/models'])(
    'HEAD %s answers as GET does',
    async url => {
      const { app } = await testApp()
      const head = await app.inject({ method: 'HEAD', url })
      expect(head.statusCode).toBe(200)
      expect(head.body).toBe('')
    }
  )

  test('GET /labels and GET /models tell what is served', async () => {
    const { app } = await testApp()
    expect((await app.inject({ url: '/labels' })).json()).toMatchObject({
      labels: ['Drug_Name', 'Diagnosis']
    })
    expect((await app.inject({ url: '/models' })).json()).toMatchObject({
      models: [{ name: 'fake', version: '1.0.0', language: 'en', labels: ['Drug_Name', 'Diagnosis'] }]
    })
  })
})

describe('probes', () => {
  const loading = { workers: 2, readyWorkers: 1, started: false, fault: 'words.txt cannot be read' }

  test('live whatever the workers do; not ready and not started until all have loaded; the reason is told', async () => {
    const { app } = await testApp({ recognizer: fakeRecognizer({ health: loading }) })
    const status = async (url: string) => (await app.inject({ url })).statusCode
    expect(await status('/livez')).toBe(200)
    expect(await status('/startupz')).toBe(503)
    expect(await status('/readyz')).toBe(503)
    expect((await app.inject({ url: '/readyz' })).json()).toEqual({
      status: 'unavailable',
      checks: [
        { name: 'workers', ok: false, detail: '1 of 2 workers are ready; words.txt cannot be read' },
        { name: 'accepting', ok: true, detail: 'yes' }
      ]
    })
  })

  test('not ready while draining, but live and started', async () => {
    const { app } = await testApp({ draining: () => true })
    const status = async (url: string) => (await app.inject({ url })).statusCode
    expect(await status('/readyz')).toBe(503)
    expect(await status('/livez')).toBe(200)
    expect(await status('/startupz')).toBe(200)
  })

  test('are not cached', async () => {
    const { app } = await testApp()
    expect((await app.inject({ url: '/readyz' })).headers['cache-control']).toBe('no-store')
  })
})

describe('the log', () => {
  test('has one line a request, with sizes and counts', async () => {
    const { app, lines } = await testApp()
    const text = 'Aspirin daily'
    await app.inject({ method: 'POST', url: '/ner?patient=Jane', payload: { text } })
    const requests = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({
      method: 'POST',
      route: '/ner',
      status: 200,
      bytes: JSON.stringify({ text }).length,
      documents: 1,
      characters: text.length,
      entities: 1,
      queueMs: 1
    })
    expect(lines.join('')).not.toMatch(/Aspirin|Jane/)
  })

  test('never has text, whatever goes wrong', async () => {
    const mark = 'ZZPATIENT'
    const answer = () => Promise.reject(new Error(mark, { cause: new Error(mark) }))
    const { app, lines } = await testApp({ recognizer: fakeRecognizer({ answer }) })
    const json = { 'content-type': 'application/json' }
    const bodies = []
    for (const url of ['/ner', '/ner/batch']) {
      for (const payload of [
        mark,
        `{"text":"${mark}"}`,
        `{"text":["${mark}"]}`,
        `{"${mark}":1}`,
        `{"documents":[{"id":"a","text":"${mark}"}]}`
      ]) {
        bodies.push((await app.inject({ method: 'POST', url, headers: json, payload })).body)
        bodies.push(
          (await app.inject({ method: 'POST', url, headers: { 'content-type': mark }, payload })).body
        )
      }
      bodies.push(
        (await app.inject({ url: `${url}/${mark}?q=${mark}`, headers: { 'x-request-id': `${mark} x` } })).body
      )
    }
    expect(bodies.length).toBe(22)
    expect(bodies.join('') + lines.join('')).not.toContain(mark)
  })

  test('has no error line for what is not ours to mend', async () => {
    const answer = () => Promise.reject(new ServiceError('overloaded', { retryAfter: 1 }))
    const { app, lines } = await testApp({ recognizer: fakeRecognizer({ answer }) })
    await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x' } })
    expect(lines.map(line => JSON.parse(line)).map(({ level, status }) => [level, status])).toEqual([
      [30, 503]
    ])
  })

  test('keeps probes at debug', async () => {
    const { app, lines } = await testApp()
    await app.inject({ url: '/livez' })
    expect(lines.map(line => JSON.parse(line)).find(({ msg }) => msg === 'request')).toMatchObject({
      level: 20
    })
  })
})

test('closing the app closes the recognizer', async () => {
  const recognizer = fakeRecognizer()
  const { app } = await testApp({ recognizer })
  await app.close()
  expect(recognizer.closed).toBe(true)
})
