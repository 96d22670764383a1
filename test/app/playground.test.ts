import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { testApp } from '../helpers/build-app.ts'
import { expectProblem } from '../helpers/expect-problem.ts'

async function pageOf(app: FastifyInstance): Promise<string> {
  return (await app.inject({ url: '/' })).body
}

/** The addresses in the page of files that it loads. */
function filesOf(page: string): string[] {
  return Array.from(page.matchAll(/(?:src|href)="(playground\/[^"]+)"/g), ([, url]) => `/${url}`)
}

test('the page is HTML whose files are all there, each with its type', async () => {
  const { app } = await testApp()
  const answer = await app.inject({ url: '/' })
  expect(answer.statusCode).toBe(200)
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
  const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' }
  const files = filesOf(answer.body)
  expect(files).toContain('/playground/main.js')
  for (const url of files) {
    const { statusCode, headers } = await app.inject({ url })
    expect([url, statusCode]).toEqual([url, 200])
    expect(headers['content-type']).toBe(types[url.split('.').at(-1) as keyof typeof types])
  }
})

test('nothing but its own files may run, be styled by, be loaded, be sent to or frame it', async () => {
  const { app } = await testApp()
  for (const url of ['/', '/playground/main.js']) {
    const { headers } = await app.inject({ url })
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; /)
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|data:|https?:|\*/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['set-cookie']).toBeUndefined()
  }
  const page = await pageOf(app)
  expect(page).not.toMatch(/<style|<script(?! type="module" src="playground\/)|\son\w+=|style="|https?:/)
})

test('a file that the browser has already is not sent again', async () => {
  const { app } = await testApp()
  for (const url of ['/', '/playground/main.js']) {
    const { headers } = await app.inject({ url })
    expect(headers['cache-control']).toBe('no-cache')
    const again = await app.inject({ url, headers: { 'if-none-match': `"other", W/${headers.etag}` } })
    expect(again.statusCode).toBe(304)
    expect(again.body).toBe('')
    expect(again.headers.etag).toBe(headers.etag)
    const other = await app.inject({ url, headers: { 'if-none-match': '"other"' } })
    expect(other.statusCode).toBe(200)
  }
})

test('what is no file of the page is not found, and no path leads out of its folder', async () => {
  const { app } = await testApp()
  for (const url of [
    '/playground',
    '/playground/',
    '/playground/../app.js',
    '/playground/%2e%2e/app.js',
    '/main.js'
  ]) {
    expectProblem(await app.inject({ url }), 'not_found')
  }
  expectProblem(await app.inject({ method: 'POST', url: '/' }), 'method_not_allowed')
})

test('the log has a line for the page, and one at debug for each file', async () => {
  const { app, lines } = await testApp()
  await app.inject({ url: '/' })
  await app.inject({ url: '/playground/main.js' })
  const logged = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'request')
  expect(logged.map(({ level, route }) => [level, route])).toEqual([
    [30, '/'],
    [20, '/playground/:file']
  ])
})

test('the OpenAPI document leaves the page out', async () => {
  const { app } = await testApp()
  const { paths } = (await app.inject({ url: '/openapi.json' })).json()
  expect(Object.keys(paths).filter(path => path === '/' || path.startsWith('/playground'))).toEqual([])
})
