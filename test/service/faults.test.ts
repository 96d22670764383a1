import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { modelFolder } from '../helpers/model-folder.ts'
import { note } from '../helpers/notes.ts'
import { startService, until } from '../helpers/service.ts'

test('killing worker processes while requests run loses none and mixes up none', async () => {
  const service = await startService()
  const total = 400
  let answered = 0
  const ask = async (i: number): Promise<void> => {
    const text = `Patient ${i}. ${note}`
    const response = await service.ner(text)
    const { entities } = (await response.json()) as {
      entities: { start: number; end: number; text: string }[]
    }
    expect(response.status).toBe(200)
    for (const { start, end, text: span } of entities) expect(text.slice(start, end)).toBe(span)
    answered++
  }
  // eight callers; a worker is killed each time another tenth is answered
  const queue = Array.from({ length: total }, (_, i) => i)
  const callers = Array.from({ length: 8 }, async () => {
    for (let i = queue.shift(); i !== undefined; i = queue.shift()) await ask(i)
  })
  const killed: number[] = []
  for (let tenth = 1; tenth < 10; tenth++) {
    await until(() => answered >= (tenth * total) / 10 && service.workers().length > 0)
    const [pid] = service.workers()
    process.kill(pid, 'SIGKILL')
    killed.push(pid)
  }
  await Promise.all(callers)
  expect(answered).toBe(total)
  expect(new Set(killed).size).toBe(9)
  await until(async () => (await fetch(`${service.url}/readyz`)).ok)
})

test('is not ready while a worker is being replaced, and ready again by itself', async () => {
  const service = await startService()
  const ready = async (): Promise<number> => (await fetch(`${service.url}/readyz`)).status
  const before = service.workers()
  // A new worker takes a moment to load; should this process sleep through it, another one is killed.
  for (let status = 200; status !== 503; ) {
    process.kill(service.workers()[0], 'SIGKILL')
    for (let i = 0; i < 20 && status !== 503; i++) status = await ready()
  }
  expect((await fetch(`${service.url}/livez`)).status).toBe(200)
  await until(async () => (await ready()) === 200)
  expect(service.workers()).toHaveLength(2)
  expect(service.workers()).not.toEqual(before)
})

test('a worker does not outlive the service', async () => {
  const service = await startService()
  const workers = service.workers()
  expect(workers).toHaveLength(2)
  service.process.kill('SIGKILL')
  await service.exited
  await until(() =>
    workers.every(pid => {
      try {
        process.kill(pid, 0)
        return false
      } catch {
        return true
      }
    })
  )
})

test('a model folder that changes while it is served is not served by a new worker, and callers hear of it at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ner-model-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(modelFolder, folder, { recursive: true })
  const service = await startService({ NER_WORKERS: '1', NER_MODEL_DIR: folder })
  appendFileSync(join(folder, 'words.txt'), 'x\n')
  const [pid] = service.workers()
  process.kill(pid, 'SIGKILL')
  await until(async () => (await (await fetch(`${service.url}/readyz`)).text()).includes('words.txt has'))
  const response = await service.ner(note)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ code: 'not_ready' })
  expect((await fetch(`${service.url}/livez`)).status).toBe(200)
})

test('a request is not held up by a large batch', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const documents = Array.from({ length: 600 }, (_, i) => ({ id: String(i), text: note.repeat(3) }))
  const order: string[] = []
  const batch = fetch(`${service.url}/ner/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documents })
  }).then(async response => {
    const { documents: results } = (await response.json()) as { documents: unknown[] }
    order.push('batch')
    return results.length
  })
  for (let i = 0; i < 5; i++) expect((await service.ner(note)).status).toBe(200)
  order.push('notes')
  expect(await batch).toBe(600)
  expect(order).toEqual(['notes', 'batch'])
})
