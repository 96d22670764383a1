import { expect, test } from 'vitest'
import { securityHeaders } from '../../src/plugins/security-headers.ts'
import { testApp } from '../helpers/build-app.ts'

test('no answer is kept, framed, sniffed or run, whatever it is', async () => {
  const { app } = await testApp()
  for (const [method, url] of [
    ['POST', '/ner'],
    ['GET', '/livez'],
    ['GET', '/openapi.json'],
    ['GET', '/nowhere'],
    ['PUT', '/ner'],
    ['GET', '/%zz']
  ] as const) {
    const answer = await app.inject({ method, url, ...(method === 'POST' && { payload: { text: 'x' } }) })
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY'
    })
    expect(answer.headers).not.toHaveProperty('strict-transport-security')
  }
})

test('Swagger UI may run its own scripts and nothing else', async () => {
  const { app } = await testApp()
  const policy = String((await app.inject({ url: '/docs' })).headers['content-security-policy'])
  expect(policy).toContain("default-src 'none';")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
})

test('a route may have a policy of its own', async () => {
  const { app } = await testApp({
    extend: app => {
      app.get('/page', async (_request, reply) => {
        reply.header('content-security-policy', "default-src 'self'")
        return 'page'
      })
    }
  })
  const answer = await app.inject({ url: '/page' })
  expect(answer.headers['content-security-policy']).toBe("default-src 'self'")
  expect(answer.headers['x-content-type-options']).toBe('nosniff')
})

test('only with TLS a browser is told to insist on it', () => {
  expect(securityHeaders(true)['strict-transport-security']).toBe('max-age=31536000')
  expect(securityHeaders(false)).not.toHaveProperty('strict-transport-security')
})
