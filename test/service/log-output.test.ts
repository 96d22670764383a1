import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, isReady } from '../../bench/service.ts'
import { Exposition } from '../helpers/exposition.ts'
import { note } from '../helpers/notes.ts'
import { type Service, startService, until } from '../helpers/service.ts'

const entry = fileURLToPath(new URL('../../dist/server.js', import.meta.url))

/** What a pipe holds before its writer has to wait is 64 KiB: more lines than that. */
const LINES = 400

test('a full disk for logs does not stop answers, nor an orderly end', async () => {
  const full = openSync('/dev/full', 'w')
  const port = await freePort()
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH, PORT: String(port), NER_WORKERS: '1' },
    stdio: ['ignore', full, full]
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const url = `http://127.0.0.1:${port}`
  await until(() => isReady(url))
  for (let i = 0; i < 20; i++) {
    const response = await fetch(`${url}/ner`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: note })
    })
    expect(response.status).toBe(200)
  }
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
})

test('a reader of the log that has gone does not stop answers, nor an orderly end', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  service.process.stdout?.destroy()
  service.process.stderr?.destroy()
  for (let i = 0; i < 20; i++) expect((await service.ner(note)).status).toBe(200)
  const [pid] = service.workers()
  process.kill(pid, 'SIGKILL')
  await until(() => service.workers().some(worker => worker !== pid))
  expect((await service.ner(note)).status).toBe(200)
  service.process.kill('SIGTERM')
  expect(await service.exited).toEqual({ code: 0, signal: null })
})

test('a reader of the log that stands still does not stop answers', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  service.process.stdout?.pause()
  for (let i = 0; i < LINES; i++) expect((await fetch(`${service.url}/labels`)).status).toBe(200)
  expect((await service.ner(note)).status).toBe(200)
  service.process.stdout?.resume()
  await until(() => service.output().split('"route":"/labels"').length - 1 === LINES)
})

/** Requests that are sent at once, each of which leaves a line of some 400 bytes. */
const AT_ONCE = 1000

/** Sends `count` requests over one connection without waiting for answers, then waits for all of them. */
async function pipeline({ url }: Service, count: number): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  let heard = ''
  socket.on('data', chunk => {
    heard += chunk
  })
  socket.write(`GET /nowhere HTTP/1.1\r\nhost: x\r\nx-request-id: ${'i'.repeat(128)}\r\n\r\n`.repeat(count))
  await until(() => heard.split('\r\nx-request-id:').length > count)
  socket.destroy()
}

async function lostLines({ url }: Service): Promise<number> {
  return new Exposition(await (await fetch(`${url}/metrics`)).text()).sum('ner_log_lines_lost_total')
}

test('of the lines for a reader that stands still for long some are lost and counted; none other is missing', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  await pipeline(service, 10)
  expect(await lostLines(service)).toBe(0)
  service.process.stdout?.pause()
  let sent = 10
  while ((await lostLines(service)) === 0) {
    await pipeline(service, AT_ONCE)
    sent += AT_ONCE
  }
  const lost = await lostLines(service)
  service.process.stdout?.resume()
  await until(() => service.output().split('"code":"not_found"').length - 1 === sent - lost)
  expect((await service.ner(note)).status).toBe(200)
  await until(() => service.output().includes('"route":"/ner"'))
  expect(await lostLines(service)).toBe(lost)
})
