import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { type Service, startService, until } from '../helpers/service.ts'

/** One for each way in, so that a trace tells which way it went. */
const marks: string[] = []
function mark(way: string): string {
  const one = `Zqx${marks.length}vbk${way}`
  marks.push(one)
  return one
}

const json = { 'content-type': 'application/json' }
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.mjs`, import.meta.url))

/** Every header and the body of an answer. */
async function allOf(response: Response): Promise<string> {
  return JSON.stringify([...response.headers]) + (await response.text())
}

/** What comes back for bytes, on a connection of their own, until the service closes it. */
async function sendRaw({ url }: Service, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let heard = ''
  socket.on('data', chunk => {
    heard += chunk
  })
  socket.write(bytes)
  await once(socket, 'close')
  return heard
}

/** Every file below a folder, as one text. */
function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(
      entry => entry.name + (entry.isFile() ? readFileSync(join(entry.parentPath, entry.name), 'latin1') : '')
    )
    .join('\n')
}

function traces(where: string): string[] {
  return marks.filter(one => where.toLowerCase().includes(one.toLowerCase()))
}

/**
 * A service that has a folder of its own to leave something in.
 * @param preload arguments of Node for its main process
 */
function startIn(
  folder: string,
  environment: Record<string, string> = {},
  preload: readonly string[] = []
): Promise<Service> {
  const own = { LOG_LEVEL: 'trace', NER_WORKERS: '1', HOME: folder, TMPDIR: folder, ...environment }
  return startService(own, undefined, ['env', '-C', folder, process.execPath, ...preload])
}

/** Spans that the service wrote by `fixtures/tracing.mjs`, by their id. */
function spansOf(service: Service): Map<string, unknown> {
  const lines = service
    .output()
    .split('\n')
    .filter(line => line.startsWith('span '))
  return new Map(lines.map(line => JSON.parse(line.slice(5))).map(span => [span.ids.spanId, span]))
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ner-privacy-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test.each<[string, string[]]>([
  ['', []],
  [', also where spans are opened', ['--import', fixture('tracing')]]
])('a marked text leaves no trace but in the answer to it, whichever way it comes%s', async (_, preload) => {
  const folder = emptyFolder()
  const limits = { NER_MAX_TEXT_LENGTH: '1000', NER_MAX_BODY_BYTES: '4096' }
  const service = await startIn(folder, limits, preload)
  const { url } = service
  const errors: [string, number, string][] = []
  const post = async (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {}
  ): Promise<Response> => fetch(`${url}${path}`, { method: 'POST', headers: { ...json, ...headers }, body })
  const refused = async (way: string, status: number, response: Promise<Response>): Promise<void> => {
    const answer = await response
    errors.push([way, status, await allOf(answer)])
    expect([way, answer.status]).toEqual([way, status])
  }
  const ner = (text: string, more = {}): Promise<Response> => post('/ner', JSON.stringify({ text, ...more }))

  // Answered: the text is in the body, and nowhere else.
  const good = mark('good')
  const answer = await ner(`${good} denies chest pain`)
  expect(answer.status).toBe(200)
  expect(traces(JSON.stringify([...answer.headers]))).toEqual([])
  const ids = mark('id')
  const batch = await post(
    '/ner/batch',
    JSON.stringify({
      documents: [
        { id: ids, text: mark('batch') },
        { id: ids, text: mark('twice') },
        { id: 'c', text: [mark('type')] }
      ]
    })
  )
  expect(batch.status).toBe(200)
  expect(traces(await batch.text()).filter(one => !/(id|batch)$/.test(one))).toEqual([])

  // Refused.
  await refused('no JSON', 400, post('/ner', `{"text": "${mark('json')}`))
  await refused('no UTF-8', 400, post('/ner', Buffer.from(`{"text":"${mark('utf8')}\xff"}`, 'latin1')))
  await refused('a member twice', 400, post('/ner', `{"text":"${mark('dup')}","text":"${mark('dup')}"}`))
  await refused('wrong type', 422, ner([mark('list')] as never))
  await refused('unknown member', 422, ner('x', { [mark('member')]: 1 }))
  await refused('unknown option', 422, ner('x', { options: { [mark('option')]: 1 } }))
  await refused('unknown label', 422, ner('x', { options: { labels: [mark('label')] } }))
  await refused('too long', 413, ner(mark('long').repeat(100)))
  await refused('too large', 413, ner(mark('large').repeat(1000)))
  await refused(
    'compressed',
    415,
    post('/ner', gzipSync(`{"text":"${mark('gzip')}"}`), { 'content-encoding': 'gzip' })
  )
  await refused(
    'other type',
    415,
    post('/ner', mark('type'), { 'content-type': `text/${mark('mediatype')}` })
  )
  await refused('URL', 404, fetch(`${url}/${mark('path')}?text=${mark('query')}#${mark('hash')}`))
  await refused('URL of a route', 405, fetch(`${url}/ner?text=${mark('query')}`))
  await refused('bad URL', 400, fetch(`${url}/${mark('bad')}%zz`))
  await (
    await fetch(`${url}/labels?q=${mark('q')}`, {
      headers: {
        'x-request-id': `${mark('request id')} !`,
        traceparent: mark('traceparent'),
        tracestate: mark('tracestate'),
        baggage: mark('baggage'),
        authorization: `Bearer ${mark('token')}`,
        'x-api-key': mark('key'),
        'user-agent': mark('agent'),
        referer: mark('referer'),
        cookie: mark('cookie'),
        accept: mark('accept')
      }
    })
  ).text()
  for (const bytes of [
    `${mark('garbage')}\r\n\r\n`,
    `GET / HTTP/1.1\r\n${mark('header')}\r\n\r\n`,
    `POST /ner HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5;${mark('extension')}\r\nZ\r\n${mark('chunk')}`,
    `POST /ner HTTP/1.1\r\nhost: x\r\nexpect: ${mark('expect')}\r\ncontent-length: 1\r\n\r\n1`,
    `GET /livez HTTP/1.1\r\nhost: x\r\nlarge: ${mark('overflow').repeat(2000)}\r\n\r\n`
  ]) {
    const heard = await sendRaw(service, bytes)
    expect(heard).toMatch(/^HTTP\/1\.1 4/)
    errors.push(['bytes', 400, heard])
  }

  for (const path of ['/metrics', '/readyz', '/models', '/labels', '/openapi.json']) {
    errors.push([path, 200, await allOf(await fetch(`${url}${path}`))])
  }
  service.process.kill('SIGTERM')
  await service.exited
  expect(marks.length).toBeGreaterThan(30)
  for (const [way, , text] of errors) expect([way, traces(text)]).toEqual([way, []])
  // Spans are in it, too: as many as there are lines of requests that hooks saw.
  expect(traces(service.output())).toEqual([])
  const logged = Array.from(service.output().matchAll(/"span_id":"(\w+)".*"msg":"request"/g), ([, id]) => id)
  const spans = spansOf(service)
  if (preload.length > 0) expect(logged.filter(id => !spans.has(id))).toEqual([])
  expect(logged.length).toBeGreaterThan(20)
  expect(traces(filesIn(folder))).toEqual([])
})

test.each([
  ['FAIL', 500],
  ['THROW', 500],
  ['ABORT', 500],
  ['EXHAUST', 500],
  ['HANG', 504]
])('a marked text leaves no trace when its worker ends by %s with the text in hand', async (word, status) => {
  const folder = emptyFolder()
  const service = await startIn(folder, {
    // Time for two workers to fill their heap.
    NER_DEADLINE_MS: word === 'HANG' ? '1000' : '60000',
    NODE_OPTIONS: `--import ${fixture('crash')} --max-old-space-size=150`
  })
  const response = await service.ner(`${word} ${mark(word)} denies chest pain`)
  expect(response.status).toBe(status)
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  service.process.kill('SIGTERM')
  await service.exited
  expect(traces((await allOf(response)) + metrics + service.output() + filesIn(folder))).toEqual([])
})

test('a marked text leaves no trace when its answer cannot be written', async () => {
  const folder = emptyFolder()
  const service = await startIn(folder, {}, [
    '--import',
    fixture('unwritable'),
    '--import',
    fixture('tracing')
  ])
  const post = (path: string, body: string, type = json['content-type']): Promise<Response> =>
    fetch(`${service.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body })
  const id = (way: string): string => `UNWRITABLE ${mark(way)} 😷`
  const documents = (way: string, text: string) => [{ id: id(way), text }]
  const answers = [
    await post('/ner/batch', JSON.stringify({ documents: documents('answer', 'No fever.') })),
    // What is large is written by other means.
    await post('/ner/batch', JSON.stringify({ documents: documents('large', 'No fever. '.repeat(2000)) }))
  ]
  const heard: string[] = []
  for (const answer of answers) {
    expect(answer.status).toBe(500)
    heard.push(await allOf(answer))
    expect(heard.at(-1)).toContain('"code":"internal"')
  }
  const lines = [documents('line', 'No fever.')[0], { text: 'No fever.' }].map(one => JSON.stringify(one))
  const stream = await post('/ner/stream', lines.join('\n'), 'application/x-ndjson')
  const answered = await stream.text()
  expect(answered.match(/"code":"internal"/g)).toHaveLength(1)
  expect(answered.match(/"entities":/g)).toHaveLength(1)
  const failures = (): number => service.output().match(/"code":"internal","msg":"failed"/g)?.length ?? 0
  await until(() => failures() >= 3)
  expect(failures()).toBe(3)
  heard.push(await (await fetch(`${service.url}/metrics`)).text())
  expect((await service.ner('No fever.')).status).toBe(200)
  service.process.kill('SIGTERM')
  await service.exited
  expect(spansOf(service).size).toBeGreaterThan(4)
  expect(traces(heard.join() + service.output() + filesIn(folder))).toEqual([])
})

test('the memory of the service and its workers stays out of core dumps', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  for (const pid of [service.process.pid, ...service.workers()]) {
    expect(readFileSync(`/proc/${pid}/coredump_filter`, 'utf8').trim()).toBe('00000000')
  }
})
