import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import type { TextRequest } from '../../src/analysis.ts'
import { ServiceError } from '../../src/errors.ts'
import type { Outcome } from '../../src/recognition/recognizer.ts'
import { testApp } from '../helpers/build-app.ts'
import { jsonLines } from '../helpers/cli.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { Exposition } from '../helpers/exposition.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'
import { until } from '../helpers/service.ts'

const headers = { 'content-type': 'application/x-ndjson' }

const send = (app: FastifyInstance, payload: string | Buffer) =>
  app.inject({ method: 'POST', url: '/ner/stream', headers, payload })

type Answer = { index: number; id?: string; problem?: { code: string; retryAfter?: number } }

function parseLines(body: string): Answer[] {
  return body
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line))
}

const byIndex = (a: Answer, b: Answer): number => a.index - b.index

/** A recognizer whose answers wait for the test. */
function gated() {
  const asked: { text: string; answer(): void }[] = []
  const recognizer = fakeRecognizer({
    answer: ({ text }: TextRequest) =>
      new Promise<Outcome>(resolve => {
        asked.push({ text, answer: () => resolve({ analyzed: { entities: [], cutSentences: [] } }) })
      })
  })
  return { asked, recognizer }
}

interface Open {
  readonly request: ClientRequest
  readonly response: IncomingMessage
  readonly lines: Answer[]
  readonly ended: Promise<void>
}

/** A stream over a real connection, to be written to bit by bit; it is answered at once. */
async function open(app: FastifyInstance): Promise<Open> {
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const outgoing = request({ port, method: 'POST', path: '/ner/stream', headers })
  outgoing.on('error', () => {})
  outgoing.flushHeaders()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const lines: Answer[] = []
  let rest = ''
  response.setEncoding('utf8').on('data', (data: string) => {
    const [last = '', ...whole] = (rest + data).split('\n').toReversed()
    rest = last
    lines.push(...whole.toReversed().map(line => JSON.parse(line)))
  })
  const ended = new Promise<void>(resolve => {
    response.once('close', resolve)
    response.on('error', () => {})
  })
  return { request: outgoing, response, lines, ended }
}

const requestLine = (lines: readonly string[]) =>
  lines.map(line => JSON.parse(line)).find(({ msg }) => msg === 'request')

describe('POST /ner/stream', () => {
  test('answers each line with its number and id, in the form of POST /ner', async () => {
    const { app } = await testApp()
    const documents = [
      { id: 'a', text: 'Aspirin daily' },
      { text: '😀Insulin', options: { offsetUnit: 'codepoint' } }
    ]
    const answer = await send(app, `${jsonLines(documents)}\n \r\n${JSON.stringify({ text: 'x' })}`)
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson'])
    const model = { name: 'fake', version: '1.0.0', sha256: 'f'.repeat(64) }
    const entity = { start: 0, label: 'Drug_Name', confidence: 0.123456789 }
    expect(parseLines(answer.body).sort(byIndex)).toEqual([
      { index: 0, id: 'a', model, offsetUnit: 'utf16', entities: [{ ...entity, end: 7, text: 'Aspirin' }] },
      { index: 1, model, offsetUnit: 'codepoint', entities: [{ ...entity, end: 8, text: '😀Insulin' }] },
      { index: 4, model, offsetUnit: 'utf16', entities: [{ ...entity, end: 1, text: 'x' }] }
    ])
  })

  test('a line that is no document has its reason, and its neighbours their answers', async () => {
    const answer = ({ text }: TextRequest): Outcome =>
      text === 'poison'
        ? { error: new ServiceError('worker_crashed') }
        : { analyzed: { entities: [], cutSentences: [] } }
    const config = { NER_MAX_TEXT_LENGTH: 20, NER_MAX_BODY_BYTES: 1024 }
    const { app, lines } = await testApp({ config, recognizer: fakeRecognizer({ answer }) })
    const bad = [
      'Jane Roe',
      '"Jane"',
      'null',
      JSON.stringify({ id: 'none' }),
      JSON.stringify({ id: '', text: 'x' }),
      JSON.stringify({ id: 'more', text: 'x', Jane: 1 }),
      JSON.stringify({ id: 'long', text: 'x'.repeat(21) }),
      JSON.stringify({ id: 'label', text: 'x', options: { labels: ['Jane'] } }),
      JSON.stringify({ id: 'wide', text: 'Jane'.repeat(300) }),
      JSON.stringify({ id: 'crash', text: 'poison' })
    ]
    const good = JSON.stringify({ id: 'good', text: 'x' })
    const body = bad.flatMap(line => [line, good]).join('\n')
    const broken = Buffer.concat([
      Buffer.from(`${body}\n{"text":"`),
      Buffer.from([0xff]),
      Buffer.from('"}\n')
    ])
    const { body: answered } = await send(app, broken)
    const all = parseLines(answered).sort(byIndex)
    expect(all).toHaveLength(2 * bad.length + 1)
    expect(all.filter(({ id }) => id === 'good').map(({ index }) => index)).toEqual(
      bad.map((_line, i) => 2 * i + 1)
    )
    const problems = all.flatMap(({ index, id, problem }) => (problem ? [[index, id, problem.code]] : []))
    expect(problems).toEqual([
      [0, undefined, 'invalid_json'],
      [2, undefined, 'invalid_request'],
      [4, undefined, 'invalid_request'],
      [6, 'none', 'invalid_request'],
      [8, undefined, 'invalid_request'],
      [10, 'more', 'invalid_request'],
      [12, 'long', 'text_too_long'],
      [14, 'label', 'unknown_label'],
      [16, undefined, 'line_too_long'],
      [18, 'crash', 'worker_crashed'],
      [20, undefined, 'invalid_encoding']
    ])
    expect(answered + lines.join('')).not.toContain('Jane')
    expect(requestLine(lines)).toMatchObject({
      status: 200,
      route: '/ner/stream',
      bytes: broken.length,
      documents: 21,
      entities: 0,
      failed: { invalid_request: 5, worker_crashed: 1, line_too_long: 1 }
    })
    const exposition = new Exposition((await app.inject({ url: '/metrics' })).body)
    expect(exposition.by('ner_documents_total', 'outcome')).toMatchObject({
      recognized: bad.length,
      invalid_request: 5,
      worker_crashed: 1
    })
  })

  test('a fault of ours is the problem of its document alone, and is logged', async () => {
    const answer = ({ text }: TextRequest): Outcome => {
      if (text === 'Jane') throw new TypeError('Jane')
      return { analyzed: { entities: [], cutSentences: [] } }
    }
    const { app, lines } = await testApp({ recognizer: fakeRecognizer({ answer }) })
    const { body } = await send(app, jsonLines(['x', 'Jane', 'y'].map(text => ({ text }))))
    const all = parseLines(body).sort(byIndex)
    expect(all.map(({ problem }) => problem?.code)).toEqual([undefined, 'internal', undefined])
    const failed = lines.map(line => JSON.parse(line)).filter(({ msg }) => msg === 'failed')
    expect(failed).toMatchObject([{ level: 50, code: 'internal', err: { type: 'TypeError' } }])
    expect(requestLine(lines)).toMatchObject({ status: 200, documents: 3, failed: { internal: 1 } })
    expect(body + lines.join('')).not.toContain('Jane')
  })

  test('answers as soon as a document is ready, though others are not and more may come', async () => {
    const { asked, recognizer } = gated()
    const { app } = await testApp({ recognizer })
    const { request, lines, ended } = await open(app)
    request.write(jsonLines([{ text: 'first' }, { text: 'second' }]))
    await until(() => asked.length === 2)
    asked[1].answer()
    await until(() => lines.length === 1)
    expect(lines[0].index).toBe(1)
    request.write(jsonLines([{ text: 'third' }]))
    await until(() => asked.length === 3)
    asked[2].answer()
    await until(() => lines.length === 2)
    request.end()
    asked[0].answer()
    await ended
    expect(lines.map(({ index }) => index)).toEqual([1, 2, 0])
  })

  test('all its documents have one sender, another stream has another', async () => {
    const senders: unknown[] = []
    const recognizer = fakeRecognizer()
    const { recognize } = recognizer
    recognizer.recognize = (texts, signal, sender?: object) => {
      senders.push(sender)
      return recognize(texts, signal)
    }
    const { app } = await testApp({ recognizer })
    for (let i = 0; i < 2; i++) await send(app, jsonLines([{ text: 'x' }, { text: 'y' }]))
    expect(senders).toHaveLength(4)
    expect(senders[0]).toBe(senders[1])
    expect(senders[2]).toBe(senders[3])
    expect(new Set(senders).size).toBe(2)
    expect(senders).not.toContain(undefined)
  })

  test('takes no more than a window of documents that are not answered', async () => {
    const { asked, recognizer } = gated()
    const { app } = await testApp({ recognizer })
    const { request } = await open(app)
    request.write(jsonLines(Array.from({ length: 200 }, () => ({ text: 'x' }))))
    await until(() => asked.length === 64)
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    expect(asked).toHaveLength(64)
    asked[0].answer()
    await until(() => asked.length === 65)
    request.destroy()
  })

  test('takes nothing from a client that does not read, and goes on when it does', async () => {
    const { app } = await testApp()
    await app.listen({ port: 0 })
    const socket = connect((app.server.address() as AddressInfo).port)
    socket.on('error', () => {})
    socket.pause()
    socket.write(
      'POST /ner/stream HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n'
    )
    const line = jsonLines([{ id: 'x'.repeat(250), text: 'y'.repeat(2000) }])
    const chunk = `${line.length.toString(16)}\r\n${line}\r\n`
    // Until kernel and process hold all they will: what was written then is not taken for long.
    let written = 0
    for (let still = 0; still < 50; ) {
      if (socket.writableLength < 1_000_000) {
        socket.write(chunk)
        written++
        still = 0
      } else still++
      await new Promise(setImmediate)
    }
    expect(written * line.length).toBeLessThan(60_000_000)
    socket.write('0\r\n\r\n')
    let answer = ''
    socket.on('data', data => {
      answer += data.toString('latin1')
    })
    socket.resume()
    await until(() => answer.endsWith('\r\n0\r\n\r\n'))
    socket.destroy()
    expect(answer.split('{"index":')).toHaveLength(written + 1)
  })

  test('an endless line is refused while it still comes, and does not grow', async () => {
    const { app } = await testApp({ config: { NER_MAX_BODY_BYTES: 1024 } })
    const { request, lines, ended } = await open(app)
    request.write('x'.repeat(2000))
    await until(() => lines.length === 1)
    expect(lines[0]).toMatchObject({ index: 0, problem: { code: 'line_too_long', limit: 1024 } })
    for (let i = 0; i < 100; i++) request.write('x'.repeat(10_000))
    request.end(`\n${JSON.stringify({ text: 'y' })}`)
    await ended
    expect(lines.map(({ index, problem }) => [index, problem?.code])).toEqual([
      [0, 'line_too_long'],
      [1, undefined]
    ])
  })

  test('ends a stream whose client is idle, after its answers, and says where', async () => {
    const { asked, recognizer } = gated()
    const { app } = await testApp({ recognizer, config: { NER_STREAM_IDLE_MS: 200 } })
    const { request, lines, ended } = await open(app)
    request.write(jsonLines([{ text: 'x' }]))
    await until(() => asked.length === 1)
    // Idle is the service, and not the client: it waits.
    await new Promise(resolve => setTimeout(resolve, 600))
    expect(lines).toEqual([])
    asked[0].answer()
    await ended
    expect(lines.map(({ index, problem }) => [index, problem?.code])).toEqual([
      [0, undefined],
      [1, 'request_timeout']
    ])
    request.destroy()
  })

  test('is not held to the time of a body', async () => {
    const config = { NER_REQUEST_TIMEOUT_MS: 1000 }
    const { app } = await testApp({ config })
    const { request, lines, ended } = await open(app)
    for (let i = 0; i < 4; i++) {
      request.write(jsonLines([{ text: 'x' }]))
      await new Promise(resolve => setTimeout(resolve, 500))
    }
    request.end()
    await ended
    expect(lines.map(({ problem }) => problem)).toEqual(Array(4).fill(undefined))
  })

  test('waits under overload, and gives up after the deadline', async () => {
    let refusals = 1
    const answer = ({ text }: TextRequest): Outcome => {
      if (text === 'never' || refusals-- > 0) throw new ServiceError('overloaded', { retryAfter: 1 })
      return { analyzed: { entities: [], cutSentences: [] } }
    }
    const { app } = await testApp({
      recognizer: fakeRecognizer({ answer }),
      config: { NER_DEADLINE_MS: 1500 }
    })
    const lines = parseLines((await send(app, jsonLines([{ text: 'x' }, { text: 'never' }]))).body)
    expect(lines.sort(byIndex).map(({ problem }) => problem?.code)).toEqual([undefined, 'overloaded'])
  })

  test('more streams than the limit are refused, until one ends', async () => {
    const { app } = await testApp({ config: { NER_MAX_STREAMS: 1 } })
    const { request, ended } = await open(app)
    const refused = await send(app, jsonLines([{ text: 'x' }]))
    expect(expectProblem(refused, 'overloaded')).toMatchObject({ limit: 1 })
    expect(refused.headers['retry-after']).toBe('5')
    request.end()
    await ended
    await until(async () => (await send(app, jsonLines([{ text: 'x' }]))).statusCode === 200)
  })

  test('the documents of a client that hangs up are given up, and it leaves a line in the log', async () => {
    const { asked, recognizer } = gated()
    const { app, lines } = await testApp({ recognizer, config: { NER_MAX_STREAMS: 1 } })
    const { request } = await open(app)
    request.write(jsonLines([{ text: 'x' }]))
    await until(() => asked.length === 1)
    request.destroy()
    await until(() => recognizer.signals[0]?.aborted === true)
    await until(() => requestLine(lines) !== undefined)
    expect(requestLine(lines)).toMatchObject({ status: 499, code: 'client_gone', documents: 1 })
    asked[0].answer()
    await until(async () => (await send(app, '')).statusCode === 200)
  })

  test('a service that shuts down answers what it has taken, and says where it stopped', async () => {
    const { asked, recognizer } = gated()
    const { app } = await testApp({ recognizer })
    const { request, lines, ended } = await open(app)
    request.write(`${jsonLines([{ text: 'x' }, { text: 'y' }])}{"text":"half a li`)
    await until(() => asked.length === 2)
    const closed = app.close()
    await new Promise(setImmediate)
    request.write(`${jsonLines([{ text: 'z' }])}{"te`)
    for (const { answer } of asked) answer()
    await ended
    expect(lines.map(({ index, problem }) => [index, problem?.code])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, 'not_ready']
    ])
    expect(recognizer.closed).toBe(false)
    request.end()
    await closed
    expect(recognizer.closed).toBe(true)
    expect(asked).toHaveLength(2)
  })

  test.each([
    ['another media type', '/ner/stream', 'application/json', 'Send application/x-ndjson.'],
    ['NDJSON where it is not streamed', '/ner', 'application/x-ndjson', 'Send application/json.'],
    ['another charset', '/ner/stream', 'application/x-ndjson; charset=latin1', 'The charset must be UTF-8.']
  ] as const)('refuses %s', async (_what, url, type, detail) => {
    const { app } = await testApp()
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': type },
      payload: jsonLines([{ text: 'x' }])
    })
    expect(expectProblem(answer, 'unsupported_media_type').detail).toBe(detail)
  })
})
