import { describe, expect, test } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { testApp } from '../helpers/build-app.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { expectProblem } from '../helpers/expect-problem.ts'

const origin = 'https://ehr.example.org'
const { key, entry } = createKey({ id: 'page', scopes: ['read'] })

const preflight = (from: string) => ({
  method: 'OPTIONS' as const,
  url: '/ner',
  headers: {
    origin: from,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,x-api-key'
  }
})

/** The app that asks for a key, with pages of two origins allowed. */
async function corsApp() {
  const { app } = await testApp({
    config: {
      NER_CORS_ORIGINS: `http://localhost:3000,${origin}`,
      NER_API_KEYS_FILE: temporaryFile('keys.json', JSON.stringify({ keys: [entry] }))
    }
  })
  return app
}

describe('a page of an allowed origin', () => {
  test('may ask without a key what it may do, and that it may send one', async () => {
    const app = await corsApp()
    for (const from of [origin, 'http://localhost:3000']) {
      const answer = await app.inject(preflight(from))
      expect(answer.statusCode).toBe(204)
      expect(answer.headers).toMatchObject({ 'access-control-allow-origin': from, vary: 'Origin' })
      expect(answer.headers['access-control-allow-methods']).toContain('POST')
      for (const name of ['authorization', 'content-type', 'x-api-key']) {
        expect(answer.headers['access-control-allow-headers']).toContain(name)
      }
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    }
  })

  test('may read the answer, refusals too', async () => {
    const app = await corsApp()
    const post = (headers: Record<string, string>) =>
      app.inject({ method: 'POST', url: '/ner', headers: { origin, ...headers }, payload: { text: 'x y' } })
    for (const answer of [await post({ 'x-api-key': key }), await post({})]) {
      expect(answer.headers['access-control-allow-origin']).toBe(origin)
      expect(answer.headers['access-control-expose-headers']).toContain('retry-after')
    }
    expect((await post({ 'x-api-key': key })).statusCode).toBe(200)
    expectProblem(await post({}), 'unauthorized')
  })
})

describe('a page of another origin', () => {
  test('may not', async () => {
    const app = await corsApp()
    for (const from of ['https://evil.example.org', 'http://ehr.example.org', `${origin}.evil.org`, 'null']) {
      const asked = await app.inject(preflight(from))
      expectProblem(asked, 'unauthorized')
      const answer = await app.inject({ url: '/livez', headers: { origin: from } })
      for (const { headers } of [asked, answer]) {
        expect(headers).not.toHaveProperty('access-control-allow-origin')
        expect(headers.vary).toBe('Origin')
      }
    }
  })

  test('may not at all where none is configured', async () => {
    const { app } = await testApp()
    const asked = await app.inject(preflight(origin))
    expectProblem(asked, 'method_not_allowed')
    const answer = await app.inject({ url: '/livez', headers: { origin } })
    for (const { headers } of [asked, answer]) {
      expect(headers).not.toHaveProperty('access-control-allow-origin')
      expect(headers).not.toHaveProperty('vary')
    }
  })
})
