import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freePort, isReady } from '../../bench/service.ts'
import { note } from '../helpers/notes.ts'
import { startService, until } from '../helpers/service.ts'

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
