import { describe, expect, test, vi } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { testApp } from '../helpers/build-app.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'
import { AUDIENCE, ISSUER, startIssuer } from '../helpers/issuer.ts'

const reader = createKey({ id: 'reader', scopes: ['read'] })
const monitor = createKey({ id: 'monitor', scopes: ['admin'] })
const metered = createKey({ id: 'metered', scopes: ['read'], quotaPerMinute: 2 })

/** The app with three keys in its file. */
async function closedApp(config: NonNullable<Parameters<typeof testApp>[0]>['config'] = {}) {
  const content = JSON.stringify({ keys: [reader, monitor, metered].map(({ entry }) => entry) })
  const recognizer = fakeRecognizer()
  const { app, lines } = await testApp({
    recognizer,
    config: { NER_API_KEYS_FILE: temporaryFile('keys.json', content), ...config }
  })
  const post = (headers: Record<string, string>, payload: object | string = { text: 'Aspirin' }) =>
    app.inject({ method: 'POST', url: '/ner', headers, payload })
  return { app, lines, recognizer, post }
}

function jwtConfig({ jwks }: { jwks: string }) {
  return { NER_JWT_JWKS: jwks, NER_JWT_ISSUER: ISSUER, NER_JWT_AUDIENCE: AUDIENCE }
}

const requestLines = (lines: readonly string[]) =>
  lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'request')

describe('with API keys', () => {
  test('a key opens, in either header', async () => {
    const { post } = await closedApp()
    expect((await post({ authorization: `Bearer ${reader.key}` })).statusCode).toBe(200)
    expect((await post({ 'x-api-key': reader.key })).statusCode).toBe(200)
  })

  test('without one nothing is done, and the answer says how to ask', async () => {
    const { post, recognizer } = await closedApp()
    const answer = await post({})
    expectProblem(answer, 'unauthorized')
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="ner-jsl"')
    const wrong = await post({ 'x-api-key': `${reader.key}x` })
    expectProblem(wrong, 'unauthorized')
    expect(wrong.headers['www-authenticate']).toBe('Bearer realm="ner-jsl", error="invalid_token"')
    expect(recognizer.seen).toEqual([])
  })

  test('a key without the scope is refused, and the answer names the scope', async () => {
    const { post, recognizer } = await closedApp()
    const answer = await post({ 'x-api-key': monitor.key })
    expectProblem(answer, 'forbidden')
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="ner-jsl", error="insufficient_scope", scope="read"'
    )
    expect(recognizer.seen).toEqual([])
  })

  test('everything asks for one, also what is not there', async () => {
    const { app } = await closedApp()
    for (const [method, url] of [
      ['POST', '/ner'],
      ['POST', '/ner/batch'],
      ['GET', '/labels'],
      ['GET', '/models'],
      ['PUT', '/ner'],
      ['POST', '/livez'],
      ['GET', '/nowhere'],
      ['GET', '/livez/'],
      ['GET', '//livez'],
      ['GET', '/docs/../labels'],
      ['GET', '/%6Cabels'],
      ['OPTIONS', '/ner']
    ] as const) {
      expectProblem(await app.inject({ method, url }), 'unauthorized')
    }
  })

  test('but not the probes, also of who has a wrong one', async () => {
    const { app } = await closedApp({ NER_DOCS_ACCESS: 'admin', NER_METRICS_ACCESS: 'admin' })
    for (const url of ['/livez', '/readyz', '/startupz']) {
      for (const method of ['GET', 'HEAD'] as const) {
        const answer = await app.inject({ method, url, headers: { 'x-api-key': 'wrong' } })
        expect(answer.statusCode).toBe(200)
      }
    }
  })

  test('and the docs do so where they are told to', async () => {
    const { app: open } = await closedApp()
    const { app } = await closedApp({ NER_DOCS_ACCESS: 'admin' })
    for (const url of ['/docs', '/docs/', '/docs/static/swagger-ui.css', '/docs/json', '/openapi.json']) {
      expect((await open.inject({ url })).statusCode).toBe(200)
      expectProblem(await app.inject({ url }), 'unauthorized')
      expectProblem(await app.inject({ url, headers: { 'x-api-key': reader.key } }), 'forbidden')
      expect((await app.inject({ url, headers: { 'x-api-key': monitor.key } })).statusCode).toBe(200)
    }
  })

  test('without one a body is not looked at, be it malformed or far too large', async () => {
    const { post, lines } = await closedApp({ NER_MAX_BODY_BYTES: 1024 })
    for (const payload of ['{"text": "Jane', `{"text": "${'x'.repeat(10_000)}"}`]) {
      expectProblem(await post({ 'content-type': 'application/json' }, payload), 'unauthorized')
    }
    expect(requestLines(lines)).toMatchObject([
      { status: 401, bytes: 0 },
      { status: 401, bytes: 0 }
    ])
  })

  test('the log names the key by its id, and has nothing of what was presented', async () => {
    const issuer = await startIssuer()
    const { app, post, lines } = await closedApp({ LOG_LEVEL: 'trace', ...jwtConfig(issuer) })
    const wrong = createKey({ id: 'a', scopes: ['read'] }).key
    const stale = await issuer.token({ exp: 1 })
    await post({ 'x-api-key': reader.key })
    await post({ 'x-api-key': monitor.key })
    await post({ authorization: `Bearer ${wrong}` })
    await post({ authorization: `Bearer ${stale}` })
    await post({ authorization: `Basic ${wrong}` })
    await app.inject({ url: `/${wrong}?key=${wrong}`, headers: { 'x-api-key': wrong } })
    expect(requestLines(lines).map(({ status, key }) => [status, key])).toEqual([
      [200, 'reader'],
      [403, 'monitor'],
      [401, undefined],
      [401, undefined],
      [401, undefined],
      [401, undefined]
    ])
    const log = lines.join('')
    for (const secret of [reader.key, monitor.key, wrong, ...stale.split('.'), reader.entry.sha256]) {
      expect(log).not.toContain(secret)
    }
  })
})

describe('a quota', () => {
  test('is told with every answer, and refused with the time to wait', async () => {
    const { post, recognizer } = await closedApp()
    const standing = async () => {
      const answer = await post({ 'x-api-key': metered.key })
      const { headers } = answer
      return [answer.statusCode, headers['ratelimit-limit'], headers['ratelimit-remaining']]
    }
    expect(await standing()).toEqual([200, '2', '1'])
    expect(await standing()).toEqual([200, '2', '0'])
    const answer = await post({ 'x-api-key': metered.key })
    const problem = expectProblem(answer, 'quota_exceeded')
    expect(problem).toMatchObject({ limit: 2, retryAfter: Number(answer.headers['retry-after']) })
    expect(answer.headers).toMatchObject({ 'ratelimit-limit': '2', 'ratelimit-remaining': '0' })
    expect(Number(answer.headers['ratelimit-reset'])).toBeGreaterThan(30)
    expect(recognizer.seen.length).toBe(2)
  })

  test('of one key does not touch another, which may have none', async () => {
    const { post } = await closedApp()
    for (let i = 0; i < 3; i++) await post({ 'x-api-key': metered.key })
    const answer = await post({ 'x-api-key': reader.key })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).not.toHaveProperty('ratelimit-limit')
  })
})

describe('with tokens', () => {
  test('one of the issuer opens by its scopes, beside the keys', async () => {
    const issuer = await startIssuer()
    const { post } = await closedApp(jwtConfig(issuer))
    const bearer = async (claims: Record<string, unknown>) => ({
      authorization: `Bearer ${await issuer.token(claims)}`
    })
    expect((await post(await bearer({ scope: 'openid read' }))).statusCode).toBe(200)
    expectProblem(await post(await bearer({ scope: 'openid admin' })), 'forbidden')
    expectProblem(await post(await bearer({ aud: 'billing' })), 'unauthorized')
    expect((await post({ 'x-api-key': reader.key })).statusCode).toBe(200)
  })

  test('an issuer that does not answer is a state of the service; keys still open', async () => {
    const issuer = await startIssuer()
    issuer.status = 503
    const { post, lines } = await closedApp(jwtConfig(issuer))
    const answer = await post({ authorization: `Bearer ${await issuer.token()}` })
    expectProblem(answer, 'jwks_unavailable')
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.headers).not.toHaveProperty('www-authenticate')
    expect(lines.map(line => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 50, code: 'jwks_unavailable' })
    )
    expect((await post({ 'x-api-key': reader.key })).statusCode).toBe(200)
  })

  test('their library is loaded only then', async () => {
    vi.resetModules()
    vi.doMock('jose', () => {
      throw new Error('loaded')
    })
    const { testApp: freshApp } = await import('../helpers/build-app.ts')
    const { app } = await freshApp({
      config: { NER_API_KEYS_FILE: temporaryFile('keys.json', '{"keys":[]}') }
    })
    expectProblem(await app.inject({ url: '/labels' }), 'unauthorized')
    await expect(freshApp({ config: jwtConfig({ jwks: 'https://x' }) })).rejects.toThrow()
    vi.doUnmock('jose')
    vi.resetModules()
  })
})

test('without configuration everything is open, and credentials are not looked at', async () => {
  const { app } = await testApp()
  const answer = await app.inject({ url: '/labels', headers: { 'x-api-key': 'any' } })
  expect(answer.statusCode).toBe(200)
})

describe('the OpenAPI document', () => {
  test('says how to authenticate, and that probes need not', async () => {
    const { app } = await closedApp()
    const document = (await app.inject({ url: '/openapi.json' })).json()
    expect(document.components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' }
    })
    expect(document.security).toEqual([{ bearer: [] }, { apiKey: [] }])
    expect(document.paths['/livez'].get.security).toEqual([])
    expect(document.paths['/ner'].post).not.toHaveProperty('security')
    expect(Object.keys(document.paths['/ner'].post.responses)).toEqual(
      expect.arrayContaining(['401', '403', '429', '503'])
    )
  })

  test('says that a caller need not, where the service does not ask', async () => {
    const { app } = await testApp()
    expect((await app.inject({ url: '/openapi.json' })).json().security).toContainEqual({})
  })
})
