import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { parseEntries, UNKNOWN, WordVocabulary } from '../../src/model/vocabulary.ts'
import { Exposition } from '../helpers/exposition.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { notes } from '../helpers/notes.ts'
import { type Service, startService, until } from '../helpers/service.ts'

async function scrape({ url }: Service): Promise<Exposition> {
  return new Exposition(await (await fetch(`${url}/metrics`)).text())
}

const words = new WordVocabulary(parseEntries(readFileSync(`${modelFolder}/words.txt`, 'utf8'), 'words.txt'))

interface Found {
  readonly entities: readonly { label: string; confidence: number }[]
  readonly tokens: readonly { start: number; end: number }[]
  readonly sentences: readonly unknown[]
}

/** What callers saw: to be equal to what the service counted. */
class Ledger {
  readonly statuses: Record<string, number> = {}
  readonly labels: Record<string, number> = {}
  confidence = 0
  tokens = 0
  unknown = 0
  sentences = 0
  documents = 0

  /** Notes the answer to a request. */
  saw(request: string, { status }: { status: number }): void {
    const key = `${request} ${status}`
    this.statuses[key] = (this.statuses[key] ?? 0) + 1
  }

  found(text: string, { entities, tokens, sentences }: Found): void {
    this.documents++
    this.tokens += tokens.length
    this.sentences += sentences.length
    for (const { start, end } of tokens) if (words.id(text.slice(start, end)) === UNKNOWN) this.unknown++
    for (const { label, confidence } of entities) {
      this.labels[label] = (this.labels[label] ?? 0) + 1
      this.confidence += confidence
    }
  }
}

const include = ['tokens', 'sentences']

function post({ url }: Service, path: string, body: string): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body
  })
}

/** Sends bytes and reads the answer to its end. */
async function raw({ url }: Service, bytes: string): Promise<{ status: number }> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(bytes)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]) }
}

/** Requests by method, route and status, without those of probes and of Prometheus. */
function counted({ samples }: Exposition): Record<string, number> {
  return Object.fromEntries(
    samples
      .filter(({ name }) => name === 'http_server_request_duration_seconds_count')
      .filter(({ labels }) => !['/readyz', '/metrics'].includes(labels.http_route))
      .map(({ labels: { http_request_method, http_route, http_response_status_code }, value }) => [
        `${http_request_method} ${http_route} ${http_response_status_code}`,
        value
      ])
  )
}

test('the metrics are what callers saw, to the last token, though a worker is killed among it', async () => {
  const service = await startService({ NER_MAX_TEXT_LENGTH: '20000' })
  const ledger = new Ledger()

  const askNote = async (text: string, options: object = {}): Promise<void> => {
    const body = JSON.stringify({ text, options: { ...options, include } })
    const response = await post(service, '/ner', body)
    ledger.saw('POST /ner', response)
    ledger.found(text, (await response.json()) as Found)
  }
  const askBatch = async (texts: readonly string[]): Promise<void> => {
    const documents = [...texts.map((text, i) => ({ id: `d${i}`, text })), { id: 'd0', text: 'again' }, {}]
    const response = await post(service, '/ner/batch', JSON.stringify({ documents, options: { include } }))
    ledger.saw('POST /ner/batch', response)
    const answer = (await response.json()) as { documents: (Found & { id: string })[] }
    for (const found of answer.documents) ledger.found(texts[Number(found.id.slice(1))], found)
  }

  const callers = Array.from({ length: 8 }, async (_, caller) => {
    for (let i = 0; i < 12; i++) {
      const { text } = notes[(caller + i) % notes.length]
      await askNote(`${caller} ${i} ${text.repeat(1 + ((caller * i) % 5))}`)
    }
    await askBatch(notes.map(({ text }) => `${caller} ${text}`))
  })
  await until(() => ledger.documents > 20)
  process.kill(service.workers()[0], 'SIGKILL')
  await Promise.all(callers)
  await askNote(notes[0].text, { labels: ['Age', 'Drug_Name'], minConfidence: 0.9 })

  ledger.saw('POST /ner', await post(service, '/ner', '{"text": "'))
  ledger.saw('POST /ner', await post(service, '/ner', '{"text": ""}'))
  ledger.saw('POST /ner', await post(service, '/ner', JSON.stringify({ text: 'x'.repeat(20_001) })))
  ledger.saw('GET none', await fetch(`${service.url}/patients/7`))
  ledger.saw('GET /labels', await fetch(`${service.url}/labels`))
  ledger.saw('_OTHER none', await raw(service, 'GARBAGE\r\n\r\n'))
  ledger.saw('_OTHER none', await raw(service, 'POST /ner HTTP/1.1\r\nhost: x\r\nexpect: cake\r\n\r\n'))
  ledger.saw('_OTHER none', await raw(service, 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'))

  // Requests are counted when their answer has left, which a caller may know a moment sooner.
  const total = Object.values(ledger.statuses).reduce((sum, count) => sum + count, 0)
  const settled = async (): Promise<boolean> =>
    Object.values(counted(await scrape(service))).reduce((sum, count) => sum + count, 0) >= total
  await until(settled)
  await until(async () => (await fetch(`${service.url}/readyz`)).ok)
  const exposition = await scrape(service)

  expect(counted(exposition)).toEqual(ledger.statuses)
  expect(ledger.statuses).toEqual({
    'POST /ner 200': 97,
    'POST /ner/batch 200': 8,
    'POST /ner 400': 1,
    'POST /ner 422': 1,
    'POST /ner 413': 1,
    'GET none 404': 1,
    'GET /labels 200': 1,
    '_OTHER none 400': 2,
    '_OTHER none 417': 1
  })
  expect(exposition.by('ner_requests_rejected_total', 'reason')).toEqual({
    invalid_json: 1,
    invalid_request: 1,
    text_too_long: 1,
    not_found: 1,
    malformed_request: 2,
    expectation_failed: 1
  })
  expect(exposition.by('ner_requests_failed_total', 'reason')).toEqual({})
  expect(exposition.sum('ner_requests_dropped_total')).toBe(0)
  expect(exposition.by('ner_documents_total', 'outcome')).toEqual({
    recognized: ledger.documents,
    duplicate_id: 8,
    invalid_request: 8
  })
  expect(exposition.by('ner_entities_total', 'label')).toEqual(ledger.labels)
  expect(exposition.sum('ner_entity_confidence_total')).toBeCloseTo(ledger.confidence, 6)
  expect(exposition.sum('ner_tokens_total')).toBe(ledger.tokens)
  expect(exposition.sum('ner_oov_tokens_total')).toBe(ledger.unknown)
  expect(exposition.sum('ner_sentences_total')).toBe(ledger.sentences)
  expect(ledger.unknown).toBeGreaterThan(0)
  expect(exposition.sum('ner_cells_total')).toBeGreaterThan(ledger.tokens)
  expect(exposition.sum('ner_dispatch_tokens_sum')).toBe(ledger.tokens)
  expect(exposition.sum('ner_dispatch_texts_sum')).toBe(ledger.documents)
  expect(exposition.sum('ner_queue_wait_seconds_count')).toBe(97 + 8)
  expect(exposition.sum('ner_stage_duration_seconds_sum', { stage: 'inference' })).toBeGreaterThan(0)
  expect(exposition.sum('ner_worker_restarts_total')).toBe(1)
  expect(exposition.by('ner_workers', 'state')).toEqual({ ready: 2 })
  expect(exposition.values('ner_worker_resident_memory_bytes')).toHaveLength(2)
  expect(exposition.sum('ner_queue_depth')).toBe(0)
  expect(exposition.values('process_cpu_seconds_total')).toHaveLength(1)
})

test('a note leaves no trace of its text in the metrics or the log, whatever becomes of it', async () => {
  const service = await startService({ LOG_LEVEL: 'trace' })
  const mark = 'ZZPATIENT'
  const text = `${mark} denies chest pain. `
  for (const body of [
    JSON.stringify({ text }),
    JSON.stringify({ text, options: { labels: [mark] } }),
    JSON.stringify({ documents: [{ id: mark, text }, { id: mark, text }, mark] }),
    `{"text": "${mark}`
  ]) {
    for (const path of ['/ner', '/ner/batch', `/ner/${mark}`, `/${mark}?q=${mark}`, `/%zz${mark}`]) {
      await (await post(service, path, body)).text()
    }
  }
  const headers = { 'x-request-id': `${mark} x`, traceparent: mark, 'user-agent': mark }
  await (await fetch(`${service.url}/${mark}`, { headers })).text()
  await raw(service, `${mark} / HTTP/1.1\r\n\r\n`)
  // Workers end while they are at it.
  const answers = Array.from({ length: 10 }, () =>
    post(service, '/ner', JSON.stringify({ text: text.repeat(100) }))
  )
  for (const pid of service.workers()) process.kill(pid, 'SIGKILL')
  for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200)
  const exposition = await (await fetch(`${service.url}/metrics`)).text()
  expect(exposition).toContain('ner_worker_restarts_total 2')
  service.process.kill('SIGTERM')
  await service.exited
  expect(exposition + service.output()).not.toContain(mark)
})
