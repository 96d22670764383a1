import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { connect as connectSecurely, type SecureVersion } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { selfSigned } from '../helpers/certificate.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { note } from '../helpers/notes.ts'
import { startService, until } from '../helpers/service.ts'

const entry = fileURLToPath(new URL('../../dist/server.js', import.meta.url))
const reader = createKey({ id: 'reader', scopes: ['read'] })
const successor = createKey({ id: 'successor', scopes: ['read'] })
const metered = createKey({ id: 'metered', scopes: ['read'], quotaPerMinute: 1 })

/** The warning of a service that anybody can reach and use. */
const warning = /"level":40.*"msg":"open to whoever reaches this address/

const keyFile = (...made: readonly { entry: object }[]): string =>
  JSON.stringify({ keys: made.map(({ entry }) => entry) })

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A caller who trusts one certificate, as `fetch` cannot be told to. */
function caller(url: string, ca?: string) {
  return async (path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> => {
    const send = url.startsWith('https:') ? secureRequest : request
    const outgoing = send(`${url}${path}`, {
      ...(ca && { ca }),
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
    })
    outgoing.end(body)
    const [response] = await once(outgoing, 'response')
    let text = ''
    for await (const chunk of response) text += chunk
    return { status: response.statusCode, headers: response.headers, body: text }
  }
}

/** The service over TLS, and the certificate to trust. */
async function startSecure(environment: Record<string, string>) {
  const { cert, key } = selfSigned()
  const files = {
    NER_TLS_CERT_FILE: temporaryFile('cert.pem', cert),
    NER_TLS_KEY_FILE: temporaryFile('key.pem', key)
  }
  const service = await startService(
    { NER_WORKERS: '1', ...files, ...environment },
    async url => (await caller(url, cert)('/readyz')).status === 200
  )
  return { service, cert }
}

test('over TLS a key opens, nothing else does, and no key reaches the log', async () => {
  const { service, cert } = await startSecure({
    HOST: '0.0.0.0',
    LOG_LEVEL: 'trace',
    NER_API_KEYS_FILE: temporaryFile('keys.json', keyFile(reader, metered))
  })
  expect(service.url).toMatch(/^https:/)
  const call = caller(service.url, cert)
  const body = JSON.stringify({ text: note })

  const answer = await call('/ner', { authorization: `Bearer ${reader.key}` }, body)
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.body).entities.length).toBeGreaterThan(0)
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000')
  expect(answer.headers['cache-control']).toBe('no-store')

  const refused = await call('/ner', {}, body)
  expect(refused.status).toBe(401)
  expect(refused.headers['www-authenticate']).toMatch(/^Bearer /)
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'unauthorized', status: 401 })
  const wrong = `${reader.key.slice(0, -1)}?`
  expect((await call('/ner', { 'x-api-key': wrong }, body)).status).toBe(401)

  expect((await call('/labels', { 'x-api-key': metered.key })).headers['ratelimit-remaining']).toBe('0')
  const limited = await call('/labels', { 'x-api-key': metered.key })
  expect(limited.status).toBe(429)
  expect(limited.headers['retry-after']).toMatch(/^\d+$/)

  await expect(caller(service.url)('/livez')).rejects.toThrow(/self.signed certificate/)
  await expect(caller(service.url.replace('https:', 'http:'))('/livez')).rejects.toThrow()
  service.process.kill('SIGTERM')
  await service.exited
  for (const secret of [reader.key, metered.key, wrong]) expect(service.output()).not.toContain(secret)
  expect(service.output()).toMatch(/"key":"reader"/)
  expect(service.output()).not.toMatch(warning)
})

test('TLS is of version 1.2 or later, whatever the runtime would allow, and does not wait for the silent', async () => {
  // Both sides are told to do what they would not do by default.
  const ciphers = 'DEFAULT@SECLEVEL=0'
  const { service, cert } = await startSecure({
    NODE_OPTIONS: `--tls-min-v1.0 --tls-cipher-list=${ciphers}`
  })
  const { hostname, port } = new URL(service.url)
  const greet = async (maxVersion: SecureVersion): Promise<string | null> => {
    const socket = connectSecurely({
      host: hostname,
      port: Number(port),
      ca: cert,
      ciphers,
      minVersion: 'TLSv1',
      maxVersion
    })
    await once(socket, 'secureConnect')
    const protocol = socket.getProtocol()
    socket.destroy()
    return protocol
  }
  expect(await greet('TLSv1.3')).toBe('TLSv1.3')
  expect(await greet('TLSv1.2')).toBe('TLSv1.2')
  await expect(greet('TLSv1.1')).rejects.toThrow(/protocol version/)
  const silent = connect(Number(port), hostname).resume()
  await once(silent, 'close')
})

test('a stranger is answered before his body has come, and costs nothing', async () => {
  const service = await startService({ NER_API_KEYS_FILE: temporaryFile('keys.json', keyFile(reader)) })
  const { hostname, port } = new URL(service.url)
  const socket = connect(Number(port), hostname)
  socket.write(
    'POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{"text": "'
  )
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /)
  socket.destroy()
})

test('keys change with their file, without a restart', async () => {
  const path = temporaryFile('keys.json', keyFile(reader))
  const service = await startService({ NER_WORKERS: '1', NER_API_KEYS_FILE: path })
  const status = async (key: string): Promise<number> =>
    (await fetch(`${service.url}/labels`, { headers: { 'x-api-key': key } })).status
  expect(await status(reader.key)).toBe(200)
  expect(await status(successor.key)).toBe(401)
  writeFileSync(`${path}.new`, keyFile(successor))
  renameSync(`${path}.new`, path)
  await until(async () => (await status(reader.key)) === 401)
  expect(await status(successor.key)).toBe(200)
  writeFileSync(`${path}.new`, 'not JSON')
  renameSync(`${path}.new`, path)
  await until(() => service.output().includes('The file is not JSON.'))
  expect(await status(successor.key)).toBe(200)
})

test('a service that asks for nothing beyond loopback warns, unless it is told that this is meant', async () => {
  const environment = { NER_WORKERS: '1', HOST: '0.0.0.0' }
  expect((await startService(environment)).output()).toMatch(warning)
  expect((await startService({ ...environment, NER_ALLOW_ANONYMOUS: 'true' })).output()).not.toMatch(warning)
  expect((await startService({ NER_WORKERS: '1' })).output()).not.toMatch(warning)
})

test.each<[string, () => Record<string, string>, string]>([
  [
    'a key file that is missing',
    () => ({ NER_API_KEYS_FILE: '/nowhere' }),
    'NER_API_KEYS_FILE: The file cannot be read (ENOENT).'
  ],
  [
    'a key file that is none',
    () => ({ NER_API_KEYS_FILE: temporaryFile('keys.json', '[]') }),
    'NER_API_KEYS_FILE: The file must be object.'
  ],
  [
    'a certificate without its key',
    () => ({ NER_TLS_CERT_FILE: '/cert' }),
    'NER_TLS_KEY_FILE must be set too'
  ],
  [
    'a certificate that is none',
    () => ({
      NER_TLS_CERT_FILE: temporaryFile('cert.pem', 'x'),
      NER_TLS_KEY_FILE: temporaryFile('key.pem', selfSigned().key)
    }),
    'NER_TLS_CERT_FILE: The file holds no certificate in PEM.'
  ],
  [
    'an empty setting',
    () => ({ NER_API_KEYS_FILE: '' }),
    'NER_API_KEYS_FILE must NOT have fewer than 1 characters'
  ]
])('the service does not start with %s, and says so', (_what, environment, message) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry], {
    env: { PATH: process.env.PATH, PORT: '0', NER_WORKERS: '1', ...environment() },
    encoding: 'utf8'
  })
  expect(status).toBe(1)
  expect(stderr).toContain(message)
  expect(stdout).not.toMatch(/"msg":"started"/)
})
