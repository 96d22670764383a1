import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { note } from '../helpers/notes.ts'
import { type Service, startService, until } from '../helpers/service.ts'

/** A connection, and what came on it. */
interface Talk {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  heard(): string
}

/** @param halfOpen whether it stays open on the client's side when the service ends it */
async function open({ url }: Service, halfOpen = false): Promise<Talk> {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: halfOpen })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  const closed = new Promise(resolve => socket.once('close', resolve))
  let heard = ''
  socket.on('data', chunk => {
    heard += chunk
  })
  await once(socket, 'connect')
  return { socket, closed, heard: () => heard }
}

function ner(text: string): string {
  const body = JSON.stringify({ text })
  return `POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function statuses(heard: string): string[] {
  return Array.from(heard.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => status)
}

/**
 * Of some connections, those of which the service still holds its end: a client cannot tell. Without a holder the inode
 * is 0. The system's list is read once, for it may be long after other tests.
 */
function held({ url }: Service, talks: readonly Talk[]): number {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')
  const ends = new RegExp(`^ *\\d+: \\w+:${hex(Number(new URL(url).port))} \\w+:(\\w+) `)
  const ports = new Set<string>()
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const port = ends.exec(line)?.[1]
    if (port && line.trim().split(/ +/)[9] !== '0') ports.add(port)
  }
  return talks.filter(({ socket }) => ports.has(hex(socket.localPort ?? 0))).length
}

test.each([
  ['garbage', 'GARBAGE\r\n\r\n', '400'],
  ['headers that are too large', `GET / HTTP/1.1\r\nlarge: ${'a'.repeat(20_000)}\r\n\r\n`, '431'],
  ['half a request', 'POST /ner HTTP/1.1\r\nhost: x\r\n', '408']
])(
  'answers that are under way are not lost to %s after them on the same connection',
  async (_what, after, status) => {
    const service = await startService({ NER_WORKERS: '1' })
    const { socket, closed, heard } = await open(service)
    socket.write(ner(note) + ner(`${note} Afebrile.`) + after)
    await closed
    expect(statuses(heard())).toEqual(['200', '200', status])
    expect(heard().match(/"entities":\[\{/g)).toHaveLength(2)
  }
)

test('an answer that could only come to half a body is not waited for', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const { socket, closed, heard } = await open(service)
  socket.write(
    'POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"tex\r\nZ'
  )
  await closed
  expect(statuses(heard())).toEqual(['400'])
})

/** Headers of a request whose body is to come in chunks. */
function chunked(path: string, type: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`
}

const sized =
  'POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n'

test.each([
  ['is silent', '', undefined, ['408']],
  ['sends its headers slowly', 'GET /livez HTTP/1.1\r\nx-slow: ', 'a', ['408']],
  ['sends its body slowly', sized, ' ', ['408']],
  ['sends chunks slowly', chunked('/ner', 'application/json'), '1\r\n \r\n', ['408']],
  ['goes on with what was refused', chunked('/ner/stream', 'application/xml'), '1\r\n \r\n', ['415', '408']],
  ['sends slowly what would be no stream', chunked('/ner/stream', 'application/json'), '1\r\n \r\n', ['408']]
])(
  'a client that %s is cut off, even if it keeps its side open; others are answered',
  async (_what, first, drip, expected) => {
    const service = await startService({ NER_WORKERS: '1', NER_REQUEST_TIMEOUT_MS: '2000' })
    const alone = await (await service.ner(note)).json()
    const talks = await Promise.all(Array.from({ length: 20 }, () => open(service, true)))
    await until(() => held(service, talks) === talks.length)
    for (const { socket } of talks) socket.write(first)
    const timer = setInterval(() => {
      for (const { socket } of talks) if (drip && socket.writable) socket.write(drip)
    }, 100)
    onTestFinished(() => clearInterval(timer))
    expect(await (await service.ner(note)).json()).toEqual(alone)
    await until(() => held(service, talks) === 0)
    for (const { heard } of talks) expect(statuses(heard())).toEqual(expected)
    expect(await (await service.ner(note)).json()).toEqual(alone)
  }
)

/** Sends something every 100 ms, until it is told to end or the connection does. */
function drip({ socket }: Talk, bytes: string): () => void {
  const timer = setInterval(() => socket.writable && socket.write(bytes), 100)
  const end = (): void => clearInterval(timer)
  onTestFinished(end)
  return end
}

test('slow headers and a slow body do not add up: a request has its time from its first byte on', async () => {
  const service = await startService({ NER_WORKERS: '1', NER_REQUEST_TIMEOUT_MS: '3000' })
  const [slow, later] = await Promise.all([open(service), open(service)])
  slow.socket.write(`${sized.slice(0, -2)}x-slow: `)
  const endHeaders = drip(slow, 'a')
  await sleep(2000)
  endHeaders()
  slow.socket.write('\r\n\r\n')
  later.socket.write(sized)
  drip(slow, ' ')
  drip(later, ' ')
  await slow.closed
  expect([slow, later].map(({ heard }) => statuses(heard()))).toEqual([['408'], []])
  await later.closed
  expect(statuses(later.heard())).toEqual(['408'])
})

test('a stream may take longer, and what comes after it on its connection may not', async () => {
  const service = await startService({ NER_WORKERS: '1', NER_REQUEST_TIMEOUT_MS: '1000' })
  const talk = await open(service)
  talk.socket.write(chunked('/ner/stream', 'application/x-ndjson'))
  const line = `${JSON.stringify({ text: note })}\n`
  const chunk = `${Buffer.byteLength(line).toString(16)}\r\n${line}\r\n`
  for (let i = 0; i < 4; i++) {
    talk.socket.write(chunk)
    await sleep(500)
  }
  talk.socket.write('0\r\n\r\n')
  await until(() => talk.heard().endsWith('\r\n0\r\n\r\n'))
  expect(statuses(talk.heard())).toEqual(['200'])
  expect(talk.heard().match(/"entities":\[\{/g)).toHaveLength(4)
  talk.socket.write(sized)
  drip(talk, ' ')
  await talk.closed
  expect(statuses(talk.heard())).toEqual(['200', '408'])
})

test('a body that comes slowly, but in time, is answered', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const { socket, closed, heard } = await open(service)
  const request = Buffer.from(ner(note).replace('host: x', 'host: x\r\nconnection: close'))
  for (let at = 0; at < request.length; at += Math.ceil(request.length / 20)) {
    socket.write(request.subarray(at, at + Math.ceil(request.length / 20)))
    await sleep(50)
  }
  await closed
  expect(statuses(heard())).toEqual(['200'])
})

/** Headers that two readers may understand differently, so that one serves what the other takes for a body. */
const smuggling: readonly (readonly [string, string])[] = [
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 60\r\n'],
  ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
  ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'],
  ['chunks twice', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'],
  ['a coding that is not chunked', 'Transfer-Encoding: xchunked\r\n'],
  ['a coding after chunked', 'Transfer-Encoding: chunked, identity\r\n'],
  ['a space before the colon', 'Content-Length : 5\r\n'],
  ['a length with a sign', 'Content-Length: +5\r\n'],
  ['a length that is no number', 'Content-Length: 0x5\r\n'],
  ['a length with a comma', 'Content-Length: 5, 5\r\n'],
  ['a folded header', 'X: a\r\n Content-Length: 5\r\n'],
  ['a header that ends in a line feed alone', 'Content-Length: 5\nX: a\r\n'],
  ['a header that ends in a carriage return alone', 'X: a\rContent-Length: 5\r\n'],
  ['NUL in a header', 'X: a\0b\r\nContent-Length: 5\r\n']
]

test('a request whose end is in doubt is refused, and what is hidden in it is not served', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const hidden = 'GET /labels HTTP/1.1\r\nhost: x\r\n\r\n'
  for (const [name, headers] of smuggling) {
    const { socket, closed, heard } = await open(service)
    socket.write(
      `POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n0\r\n\r\n${hidden}`
    )
    await closed
    expect([name, statuses(heard())]).toEqual([name, ['400']])
  }
})

test('a body that says it is larger than the limit, or turns out to be, is refused without being kept', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const declared = await open(service)
  declared.socket.write(`${sized.replace('1000000', '10000000000')}{`)
  await until(() => statuses(declared.heard()).length > 0)
  const endless = await open(service)
  endless.socket.write(chunked('/ner', 'application/json'))
  const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`
  for (let i = 0; i < 17; i++) endless.socket.write(chunk)
  await until(() => statuses(endless.heard()).length > 0)
  expect([declared, endless].map(({ heard }) => statuses(heard()))).toEqual([['413'], ['413']])
})
