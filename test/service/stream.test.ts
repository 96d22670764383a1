import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { expect, test } from 'vitest'
import { jsonLines } from '../helpers/cli.ts'
import { note, notes } from '../helpers/notes.ts'
import { type Service, startService, until } from '../helpers/service.ts'

interface Line {
  readonly index: number
  readonly id?: string
  readonly entities?: unknown[]
  readonly problem?: { readonly code: string }
}

/** A stream that is open. */
async function openStream({ url }: Service) {
  const { hostname, port } = new URL(url)
  const headers = { 'content-type': 'application/x-ndjson' }
  const outgoing = request({ hostname, port, method: 'POST', path: '/ner/stream', headers })
  outgoing.on('error', () => {})
  outgoing.flushHeaders()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  let body = ''
  response.setEncoding('utf8').on('data', (data: string) => {
    body += data
  })
  const ended = new Promise<void>(resolve => response.once('close', resolve))
  const lines = (): Line[] =>
    body
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line))
  return { request: outgoing, lines, ended }
}

test('a stream is answered as each of its documents alone, and others are served meanwhile', async () => {
  const service = await startService()
  const documents = Array.from({ length: 300 }, (_, i) => ({
    id: `d${i}`,
    text: notes[i % notes.length].text
  }))
  const stream = await openStream(service)
  stream.request.end(jsonLines(documents))
  const alone = new Map<string, unknown>()
  for (const { text } of notes) {
    const response = await service.ner(text)
    expect(response.status).toBe(200)
    alone.set(text, ((await response.json()) as Line).entities)
  }
  await stream.ended
  const lines = stream.lines()
  expect(lines.map(({ index }) => index).sort((a, b) => a - b)).toEqual(documents.map((_document, i) => i))
  for (const { index, id, entities } of lines) {
    expect(id).toBe(documents[index].id)
    expect(entities).toStrictEqual(alone.get(documents[index].text))
  }
})

test('SIGTERM ends a stream after the answers of what was taken, and says where it stopped', async () => {
  const service = await startService()
  const stream = await openStream(service)
  const total = 2000
  let sent = 0
  const documents = Array.from({ length: total }, (_, i) => ({ id: `d${i}`, text: note }))
  const feed = (async () => {
    for (; sent < total && !stream.request.destroyed; sent++) {
      if (!stream.request.write(jsonLines([documents[sent]]))) {
        await Promise.race([once(stream.request, 'drain'), stream.ended])
      }
    }
  })()
  await until(() => stream.lines().length > 10)
  service.process.kill('SIGTERM')
  await stream.ended
  await feed
  stream.request.destroy()
  const lines = stream.lines()
  const last = lines.at(-1)
  expect(last?.problem?.code).toBe('not_ready')
  expect(lines.slice(0, -1).map(({ index, problem }) => [index, problem])).toHaveLength(last?.index ?? -1)
  expect(new Set(lines.map(({ index }) => index)).size).toBe(lines.length)
  expect(lines.slice(0, -1).every(({ entities }) => entities !== undefined)).toBe(true)
  expect(last?.index).toBeLessThan(total)
  expect(await service.exited).toEqual({ code: 0, signal: null })
})
