import { type AddressInfo, connect } from 'node:net'
import type { InjectOptions } from 'fastify'
import { createKey } from '../../src/access/api-keys.ts'
import { Admission } from '../../src/batching/admission.ts'
import { type ErrorCode, ServiceError } from '../../src/errors.ts'
import type { Recognizer } from '../../src/recognition/recognizer.ts'
import type { Problem } from '../../src/schemas/problem.ts'
import { testApp } from './build-app.ts'
import { temporaryFile } from './cli.ts'
import { fakeRecognizer } from './fake-recognizer.ts'
import { AUDIENCE, ISSUER, startIssuer } from './issuer.ts'

type AppOptions = NonNullable<Parameters<typeof testApp>[0]>

const json = { 'content-type': 'application/json', 'x-request-id': '0f3c' }
const ner = (payload: object | string | Buffer, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url: '/ner',
  headers: { ...json, ...headers },
  payload
})
const note = { text: 'Denies fever.' }

/** The last answer to some requests to an app of its own. */
async function ask(requests: readonly InjectOptions[], options: AppOptions = {}): Promise<Problem> {
  const { app } = await testApp(options)
  let body = ''
  for (const request of requests) body = (await app.inject(request)).body
  return JSON.parse(body)
}

/** The answer to bytes on a socket, for what is no request yet. */
async function askRaw(bytes: string, options: AppOptions = {}): Promise<Problem> {
  const { app } = await testApp(options)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const answer = await new Promise<string>((resolve, reject) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('utf8').on('data', chunk => {
      received += chunk
    })
    socket.once('error', reject).once('end', () => resolve(received))
  })
  return JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
}

async function askWithKey(key: ReturnType<typeof createKey>, count = 1): Promise<Problem> {
  const config = {
    NER_API_KEYS_FILE: temporaryFile('keys.json', JSON.stringify({ keys: [key.entry] }))
  }
  return ask(Array(count).fill(ner(note, { 'x-api-key': key.key })), { config })
}

/** A recognizer that answers a text with this error. */
function failing(error: Error): Recognizer {
  return fakeRecognizer({
    answer: () => {
      if (error instanceof ServiceError) return { error }
      throw error
    }
  })
}

/** A recognizer that refuses every request. */
function refusing(refuse: () => void): AppOptions {
  return { recognizer: fakeRecognizer({ admit: refuse }) }
}

const admission = new Admission({ laneCount: () => 2, initialRate: 50, deadline: 30_000, maxWait: 10_000 })

/** How to meet each error that is sent: what is returned is the problem document of a real answer. */
export const provoke: Readonly<Record<Exclude<ErrorCode, 'client_gone'>, () => Promise<Problem>>> = {
  invalid_json: () => ask([ner('{ "text": "Denies fever.')]),
  invalid_encoding: () => ask([ner(Buffer.from('{ "text": "caf\xe9" }', 'latin1'))]),
  malformed_request: () => ask([{ url: '/%zz', headers: json }]),
  unauthorized: () =>
    ask([ner(note)], { config: { NER_API_KEYS_FILE: temporaryFile('keys.json', '{ "keys": [] }') } }),
  forbidden: () => askWithKey(createKey({ id: 'monitor', scopes: ['admin'] })),
  not_found: () => ask([{ url: '/entities', headers: json }]),
  method_not_allowed: () => ask([{ url: '/ner', headers: json }]),
  request_timeout: () =>
    askRaw(
      'POST /ner HTTP/1.1\r\nhost: ner\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      {
        config: { NER_REQUEST_TIMEOUT_MS: 1000 }
      }
    ),
  body_too_large: () => ask([ner({ text: ' '.repeat(16_777_216) })]),
  text_too_long: () => ask([ner({ text: ' '.repeat(1_048_577) })]),
  unsupported_media_type: () => ask([ner('Denies fever.', { 'content-type': 'text/plain' })]),
  expectation_failed: () =>
    askRaw('GET /livez HTTP/1.1\r\nhost: ner\r\nexpect: 200-ok\r\nconnection: close\r\n\r\n'),
  invalid_request: () => ask([ner({ ...note, options: { minConfidence: 2 } })]),
  unknown_label: () => ask([ner({ ...note, options: { labels: ['Drug'] } })]),
  duplicate_id: async () => {
    const payload = { documents: [1, 2].map(() => ({ id: 'note-1', ...note })) }
    const answer = (await ask([{ ...ner(payload), url: '/ner/batch' }])) as unknown as {
      errors: { problem: Problem }[]
    }
    return answer.errors[0].problem
  },
  quota_exceeded: () => askWithKey(createKey({ id: 'ehr', scopes: ['read'], quotaPerMinute: 1 }), 2),
  headers_too_large: () =>
    askRaw(`GET /livez HTTP/1.1\r\nhost: ner\r\nx-filler: ${'x'.repeat(20_000)}\r\n\r\n`),
  internal: () => ask([ner(note)], { recognizer: failing(new Error('a bug')) }),
  worker_crashed: () => ask([ner(note)], { recognizer: failing(new ServiceError('worker_crashed')) }),
  overloaded: () =>
    ask(
      [ner(note)],
      refusing(() => admission.checkWaiting(12_400, 600))
    ),
  not_ready: () =>
    ask(
      [ner(note)],
      refusing(() => {
        throw new ServiceError('not_ready', { detail: 'The model is loading.', retryAfter: 1 })
      })
    ),
  jwks_unavailable: async () => {
    const issuer = await startIssuer()
    const authorization = `Bearer ${await issuer.token()}`
    issuer.status = 500
    return ask([ner(note, { authorization })], {
      config: { NER_JWT_JWKS: issuer.jwks, NER_JWT_ISSUER: ISSUER, NER_JWT_AUDIENCE: AUDIENCE }
    })
  },
  deadline_exceeded: () =>
    ask([ner(note)], {
      recognizer: failing(new ServiceError('deadline_exceeded', { detail: 'The deadline is 30000 ms.' }))
    })
}
