import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import type { Entity } from '../../src/schemas/entity.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { note, notes } from '../helpers/notes.ts'
import { type Service, startService, until } from '../helpers/service.ts'

async function entitiesOf(response: Response): Promise<Entity[]> {
  expect(response.status).toBe(200)
  return ((await response.json()) as { entities: Entity[] }).entities
}

function linesOf(service: Service): { status?: number; tokens?: number }[] {
  return service
    .output()
    .split('\n')
    .filter(line => line.includes('"msg":"request"'))
    .map(line => JSON.parse(line))
}

test('a note is answered with its own spans, over HTTP, whatever its characters', async () => {
  const service = await startService()
  for (const { text } of notes) {
    const entities = await entitiesOf(await service.ner(text))
    expect(entities.length).toBeGreaterThan(0)
    for (const { start, end, text: span } of entities) expect(text.slice(start, end)).toBe(span)
  }
})

test('two users at once never get each other\u2019s entities, and the same bits as alone', async () => {
  const service = await startService()
  const alone = new Map<string, Entity[]>()
  for (const { id, text } of notes) alone.set(id, await entitiesOf(await service.ner(text)))
  // 200 notes of others, each different, around and between the ones that are compared
  const others = Array.from(
    { length: 200 },
    (_, i) => `Patient ${i}: ${notes[i % notes.length].text.slice(i % 80)}`
  )
  const asked = others.flatMap((text, i) => {
    const { id, text: own } = notes[i % notes.length]
    return i % 4 === 0 ? [{ text }, { id, text: own }] : [{ text }]
  })
  const answers = await Promise.all(asked.map(async ({ text }) => entitiesOf(await service.ner(text))))
  answers.forEach((entities, i) => {
    const { text, id } = asked[i] as { text: string; id?: string }
    for (const { start, end, text: span } of entities) expect(text.slice(start, end)).toBe(span)
    if (id) expect(entities).toStrictEqual(alone.get(id))
  })
})

test('a batch is answered in order, as each of its documents alone', async () => {
  const service = await startService()
  const documents = Array.from({ length: 60 }, (_, i) => ({
    id: `d${i}`,
    text: i % 10 === 3 ? '' : `${notes[i % notes.length].text} ${i}`
  }))
  const response = await fetch(`${service.url}/ner/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documents })
  })
  const { documents: results, errors } = (await response.json()) as {
    documents: { id: string; entities: Entity[] }[]
    errors: { id: string }[]
  }
  expect(results.map(({ id }) => id)).toEqual(documents.filter(({ text }) => text).map(({ id }) => id))
  expect(errors.map(({ id }) => id)).toEqual(documents.filter(({ text }) => !text).map(({ id }) => id))
  for (const { id, entities } of results) {
    const text = documents.find(document => document.id === id)?.text ?? ''
    expect(entities).toStrictEqual(await entitiesOf(await service.ner(text)))
  }
})

test('a 1 MB note is answered to its end, and one over the limit is refused', async () => {
  const service = await startService({ NER_MAX_TEXT_LENGTH: '1100000' })
  const text = `${'The wound was irrigated and closed in layers. '.repeat(22_000)}He denies chest pain.`
  const entities = await entitiesOf(await service.ner(text))
  expect(entities.at(-1)).toMatchObject({ text: 'chest pain', end: text.length - 1 })
  const refused = await service.ner('x'.repeat(1_100_001))
  expect(refused.status).toBe(413)
  expect(await refused.json()).toMatchObject({ code: 'text_too_long', limit: 1_100_000 })
})

test('a long note is answered as the engine answers it, though its parts go to two workers', async () => {
  const service = await startService({ NER_WORKERS: '2' })
  const text = Array.from({ length: 400 }, (_, i) => notes[i % notes.length].text).join('\n')
  const here = await createInProcessRecognizer(modelFolder)
  onTestFinished(() => here.close())
  const { outcomes } = await here.recognize([{ text }])
  const [outcome] = outcomes
  if ('error' in outcome) throw outcome.error
  const entities = await entitiesOf(await service.ner(text))
  expect(entities.length).toBeGreaterThan(1000)
  expect(entities.map(({ text: _, ...entity }) => entity)).toStrictEqual(outcome.analyzed.entities)
  for (const { start, end, text: span } of entities) expect(text.slice(start, end)).toBe(span)
})

/** A POST of /ner as it goes over the wire. */
function rawRequest(text: string): string {
  const body = JSON.stringify({ text })
  return `POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

/** Sends bytes on a connection of their own; resolves when they are written. */
async function sendRaw({ url }: Service, bytes: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  await once(socket, 'connect')
  await new Promise(resolve => socket.write(bytes, resolve))
  return socket
}

test('the work of clients that hang up is not done, and each leaves a line in the log', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const sockets = await Promise.all(
    Array.from({ length: 20 }, () => sendRaw(service, rawRequest(note.repeat(50))))
  )
  for (const socket of sockets) socket.destroy()
  expect((await service.ner(note)).status).toBe(200)
  await until(() => linesOf(service).length === 21)
  // The first was with the worker; a few more may have been.
  expect(linesOf(service).filter(({ tokens }) => tokens !== undefined).length).toBeLessThan(6)
  expect(service.output()).not.toMatch(/"level":50/)
})

test('pipelined requests of a connection that closes are not done either', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const socket = await sendRaw(service, rawRequest(note.repeat(100)).repeat(20))
  socket.destroy()
  expect((await service.ner(note)).status).toBe(200)
  await until(() => linesOf(service).some(({ status }) => status === 200))
  expect(linesOf(service).filter(({ tokens }) => tokens !== undefined).length).toBeLessThan(6)
})

test('no text reaches the log of the process or its workers', async () => {
  const service = await startService({ LOG_LEVEL: 'trace' })
  const mark = 'ZZPATIENT'
  await service.ner(`${mark} denies chest pain`)
  await fetch(`${service.url}/ner/${mark}?q=${mark}`, { method: 'POST', body: mark })
  await fetch(`${service.url}/ner`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"text": "${mark}`
  })
  for (const pid of service.workers()) process.kill(pid, 'SIGKILL')
  await service.ner(`${mark} again`)
  service.process.kill('SIGTERM')
  await service.exited
  expect(service.output()).not.toContain(mark)
})

test('nothing is written to disk, and the runtime\u2019s telemetry stays off', async () => {
  const home = mkdtempSync(join(tmpdir(), 'ner-home-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const service = await startService({ HOME: home, TMPDIR: home, XDG_CACHE_HOME: home })
  expect((await service.ner(note)).status).toBe(200)
  service.process.kill('SIGTERM')
  await service.exited
  expect(readdirSync(home)).toEqual([])
})

test.each([
  [400, 'malformed_request', 'GARBAGE\r\n\r\n'],
  [431, 'headers_too_large', `GET /livez HTTP/1.1\r\nhost: x\r\nlarge: ${'a'.repeat(20_000)}\r\n\r\n`],
  [417, 'expectation_failed', 'POST /ner HTTP/1.1\r\nhost: x\r\nexpect: cake\r\ncontent-length: 2\r\n\r\n{}'],
  [404, 'not_found', 'GET /nowhere HTTP/1.1\r\nconnection: close\r\n\r\n'],
  [405, 'method_not_allowed', 'QUERY /ner HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n']
])('what deserves %i %s is answered with a problem document', async (status, code, bytes) => {
  const service = await startService({ NER_WORKERS: '1' })
  const socket = await sendRaw(service, bytes)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  expect(answer).toMatch(/content-type: application\/problem\+json/i)
  expect(answer).toMatch(/x-content-type-options: nosniff/i)
  expect(answer).toContain(`"code":"${code}"`)
})
