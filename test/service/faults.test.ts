import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Connection, toRequest } from '../../bench/load/http.ts'
import { saturate } from '../../src/benchmark/load.ts'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import type { Entity } from '../../src/schemas/entity.ts'
import { Exposition } from '../helpers/exposition.ts'
import { ends, poison, withFaults } from '../helpers/faults.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { note, notes } from '../helpers/notes.ts'
import { sendAtRate } from '../helpers/open-loop.ts'
import { type Service, startService, until } from '../helpers/service.ts'

/** What the engine finds in each text, alone and in this process. */
async function expectedOf(texts: readonly string[]): Promise<Entity[][]> {
  const recognizer = await createInProcessRecognizer(modelFolder)
  onTestFinished(() => recognizer.close())
  const { outcomes } = await recognizer.recognize(texts.map(text => ({ text })))
  return outcomes.map((outcome, i) => {
    if ('error' in outcome) throw outcome.error
    return outcome.analyzed.entities.map(({ start, end, label, confidence }) => ({
      start,
      end,
      label,
      confidence,
      text: texts[i].slice(start, end)
    }))
  })
}

async function statusAndEntities(response: Response): Promise<[number, Entity[] | undefined]> {
  const { entities } = (await response.json()) as { entities?: Entity[] }
  return [response.status, entities]
}

function lostWorkers(service: Service): { code: number | null; signal: string | null }[] {
  return service
    .output()
    .split('\n')
    .filter(line => line.includes('"kind":"lost"'))
    .map(line => JSON.parse(line))
}

/** Requests under way at once, and in all, while it is measured how much there is to get. */
const CALLERS = 16
const MEASURED = 800

test('twenty workers that end in four ways at half load lose no request, double none and mix up none', async () => {
  const service = await startService(withFaults)
  const texts = Array.from({ length: 100 }, (_, i) => `Patient ${i}. ${notes[i % notes.length].text}`)
  const expected = await expectedOf(texts)
  const url = new URL(`${service.url}/ner`)
  const requests = texts.map(text => toRequest(url, JSON.stringify({ text })))
  const free: Connection[] = []
  onTestFinished(() => {
    for (const connection of free) connection.close()
  })
  const faults: unknown[] = []
  let sent = 0
  let answered = 0
  const ask = async (index: number): Promise<void> => {
    const at = index % texts.length
    sent++
    try {
      const connection = free.pop() ?? (await Connection.open(url))
      const { status, body } = await connection.ask(requests[at])
      free.push(connection)
      answered++
      const { entities } = JSON.parse(body.toString())
      if (status !== 200 || !isDeepStrictEqual(entities, expected[at])) faults.push([at, status, entities])
    } catch (error) {
      faults.push(error)
    }
  }
  const send = async (index: number): Promise<'answered'> => {
    await ask(index)
    return 'answered'
  }
  const { seconds } = await saturate({ count: MEASURED, send }, CALLERS)
  const rate = MEASURED / seconds / 2
  const ended: number[] = []
  const load = sendAtRate(rate, () => ended.length < 20 && faults.length === 0, ask)
  for (let turn = 0; turn < 20; turn++) {
    const before = answered
    // Requests are under way, and no more than at half load: those that waited for the last worker have their answers.
    // Signals mean something to a worker that has started only; the one that ended is seen to be gone before it is replaced.
    await until(
      async () =>
        faults.length > 0 ||
        (answered > before &&
          service.workers().length === 2 &&
          (await fetch(`${service.url}/readyz`)).ok &&
          sent > answered &&
          sent - answered < rate / 4)
    )
    if (faults.length > 0) break
    const pid = service.workers()[turn % 2]
    process.kill(pid, ends[turn % ends.length])
    await until(() => !service.workers().includes(pid))
    ended.push(pid)
  }
  await load
  expect(faults).toEqual([])
  expect(answered).toBe(sent)
  expect(new Set(ended).size).toBe(20)
  const exposition = new Exposition(await (await fetch(`${service.url}/metrics`)).text())
  expect(exposition.by('ner_documents_total', 'outcome')).toEqual({ recognized: sent })
  expect(exposition.sum('http_server_request_duration_seconds_count', { http_route: '/ner' })).toBe(sent)
  expect(exposition.sum('ner_worker_restarts_total')).toBe(20)
  // Each way was taken: by the signal, by the exit codes of its own end and of its error, by the end of its memory.
  const ways = lostWorkers(service).map(({ code, signal }) => signal ?? code)
  for (const way of ['SIGKILL', 3, 1, 'SIGABRT']) expect(ways).toContain(way)
})

test('a note that ends its worker is tried twice and answered 500; its neighbours are answered', async () => {
  const service = await startService(withFaults)
  const texts = Array.from({ length: 24 }, (_, i) => `Patient ${i}. ${notes[i % notes.length].text}`)
  const expected = await expectedOf(texts)
  const fatal = service.ner(`${note} ${poison}`)
  const answers = await Promise.all(texts.map(async text => statusAndEntities(await service.ner(text))))
  expect(answers).toStrictEqual(expected.map(entities => [200, entities]))
  const response = await fatal
  expect(response.status).toBe(500)
  expect(await response.json()).toMatchObject({ code: 'worker_crashed' })
  await until(async () => (await fetch(`${service.url}/readyz`)).ok)
  expect(lostWorkers(service).map(({ code }) => code)).toEqual([4, 4])
})

test('a worker that hangs is killed at its deadline and replaced; what it held is answered 504, nothing else', async () => {
  const service = await startService({ NER_DEADLINE_MS: '2000' })
  const [hung, other] = service.workers()
  process.kill(hung, 'SIGSTOP')
  // Two at once go to two workers.
  const statuses = (await Promise.all([service.ner(note), service.ner(note)])).map(({ status }) => status)
  expect(statuses.toSorted()).toEqual([200, 504])
  // The system knows of its end a moment before the service does, which is ready until then.
  await until(() => !service.workers().includes(hung) && lostWorkers(service).length > 0)
  await until(async () => (await fetch(`${service.url}/readyz`)).ok)
  expect(service.workers()).toContain(other)
  expect(lostWorkers(service)).toMatchObject([{ signal: 'SIGKILL' }])
  for (const response of await Promise.all([service.ner(note), service.ner(note)])) {
    expect(response.status).toBe(200)
  }
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
  const folder = copyModel()
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

describe('a model folder at the start', () => {
  test.each<[string, string, (folder: string) => void]>([
    ['cut short', 'rows.onnx has', folder => truncateSync(join(folder, 'rows.onnx'), 1_000_000)],
    ['half written', 'embeddings.bin has', folder => halve(join(folder, 'embeddings.bin'))],
    ['damaged in one bit', 'rows.onnx does not match', folder => flipBit(join(folder, 'rows.onnx'))],
    ['with two files swapped', 'words.txt has', folder => swap(folder, 'words.txt', 'chars.txt')],
    ['with labels swapped', 'tags.txt does not match', folder => swapLabels(join(folder, 'tags.txt'))],
    ['without a file', 'crf.json of the model folder', folder => rmSync(join(folder, 'crf.json'))]
  ])('that is %s is refused, and the service says why and never serves it', async (_, reason, damage) => {
    const folder = copyModel()
    damage(folder)
    const service = await startService({ NER_MODEL_DIR: folder }, async url =>
      (await (await fetch(`${url}/readyz`)).text()).includes(reason)
    )
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${service.url}/startupz`)).status).toBe(503)
    expect((await fetch(`${service.url}/livez`)).status).toBe(200)
    const response = await service.ner(note)
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'not_ready' })
  })
})

/** Ends with the test. */
function copyModel(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ner-model-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(modelFolder, folder, { recursive: true })
  return folder
}

function halve(file: string): void {
  truncateSync(file, Math.floor(statSync(file).size / 2))
}

function flipBit(file: string): void {
  const content = readFileSync(file)
  content[Math.floor(content.length / 2)] ^= 1
  writeFileSync(file, content)
}

function swap(folder: string, one: string, other: string): void {
  renameSync(join(folder, one), join(folder, 'kept'))
  renameSync(join(folder, other), join(folder, one))
  renameSync(join(folder, 'kept'), join(folder, other))
}

function swapLabels(file: string): void {
  const [outside, first, second, ...others] = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, [outside, second, first, ...others].join('\n'))
}

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
