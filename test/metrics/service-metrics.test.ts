import { describe, expect, test } from 'vitest'
import type { AnalyzedText, Work } from '../../src/analysis.ts'
import { type ErrorCode, errorTable, ServiceError } from '../../src/errors.ts'
import { type EndedRequest, ServiceMetrics } from '../../src/metrics/service-metrics.ts'
import type { RecognizerLoad } from '../../src/recognition/recognizer.ts'
import { Exposition } from '../helpers/exposition.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

function setUp() {
  const recognizer = fakeRecognizer({ health: { workers: 3, readyWorkers: 2 } })
  const metrics = new ServiceMetrics(recognizer.model)
  const read = async (load: Partial<RecognizerLoad> = {}): Promise<Exposition> =>
    new Exposition(await metrics.text({ ...recognizer, load: () => ({ ...recognizer.load(), ...load }) }))
  return { metrics, read }
}

const ended: EndedRequest = {
  method: 'POST',
  route: '/ner',
  status: 200,
  problem: undefined,
  seconds: 0.02
}

describe('requests', () => {
  test('are counted by method, route and status', async () => {
    const { metrics, read } = setUp()
    for (const status of [200, 200, 503]) metrics.requestEnded({ ...ended, status })
    const exposition = await read()
    const count = (labels: Record<string, string | number>): number =>
      exposition.sum('http_server_request_duration_seconds_count', labels)
    expect(count({ http_request_method: 'POST', http_route: '/ner', http_response_status_code: 200 })).toBe(2)
    expect(count({ http_request_method: 'POST', http_route: '/ner', http_response_status_code: 503 })).toBe(1)
    expect(exposition.sum('http_server_request_duration_seconds_sum')).toBeCloseTo(0.06)
  })

  test('make no more series, whatever callers send', async () => {
    const { metrics, read } = setUp()
    metrics.requestEnded({ ...ended, method: 'BREW', route: undefined, status: 404 })
    const before = (await read()).samples.length
    for (let i = 0; i < 100; i++) {
      metrics.requestEnded({ ...ended, method: `BREW${i}`, route: undefined, status: 404 })
    }
    const exposition = await read()
    expect(exposition.samples.length).toBe(before)
    expect(exposition.by('http_server_request_duration_seconds_count', 'http_request_method')).toEqual({
      _OTHER: 101
    })
    expect(exposition.by('http_server_request_duration_seconds_count', 'http_route')).toEqual({ none: 101 })
  })

  test.each(codes)('with the problem %s are counted once, by why', async code => {
    const { metrics, read } = setUp()
    const { status } = errorTable[code]
    metrics.requestEnded({ ...ended, status, problem: code })
    const exposition = await read()
    const kinds = [
      exposition.by('ner_requests_rejected_total', 'reason'),
      exposition.by('ner_requests_failed_total', 'reason'),
      exposition.sum('ner_requests_dropped_total')
    ]
    if (code === 'client_gone') expect(kinds).toEqual([{}, {}, 1])
    else if (status === 500 || status === 504) expect(kinds).toEqual([{}, { [code]: 1 }, 0])
    else expect(kinds).toEqual([{ [code]: 1 }, {}, 0])
  })

  test('that are refused appear before the first one is', async () => {
    const { read } = setUp()
    expect((await read()).values('ner_requests_rejected_total', { reason: 'overloaded' })).toEqual([0])
    expect((await read()).values('ner_entities_total')).toEqual([0, 0])
  })
})

describe('recognition', () => {
  const span = { start: 0, end: 4 }
  const texts: AnalyzedText[] = [
    {
      entities: [
        { ...span, label: 'Drug_Name', confidence: 0.5 },
        { ...span, label: 'Diagnosis', confidence: 0.25 },
        { ...span, label: 'Drug_Name', confidence: 1 }
      ],
      cutSentences: [span]
    },
    { entities: [{ ...span, label: 'Drug_Name', confidence: 0.5 }], cutSentences: [span, span] }
  ]
  const work: Work = {
    pipeline: 2,
    inference: 30,
    decoding: 4,
    sentences: 5,
    tokens: 70,
    unknown: 3,
    cells: 90
  }

  test('counts entities and their confidence by label, and not those of a text that failed', async () => {
    const { metrics, read } = setUp()
    metrics.recognized({
      outcomes: [
        { analyzed: texts[0] },
        { error: new ServiceError('worker_crashed') },
        { analyzed: texts[1] }
      ],
      timings: { queue: 40, ...work }
    })
    const exposition = await read()
    expect(exposition.by('ner_entities_total', 'label')).toEqual({ Drug_Name: 3, Diagnosis: 1 })
    expect(exposition.by('ner_entity_confidence_total', 'label')).toEqual({ Drug_Name: 2, Diagnosis: 0.25 })
    expect(exposition.sum('ner_sentences_cut_total')).toBe(3)
    expect(exposition.sum('ner_queue_wait_seconds_count')).toBe(1)
    expect(exposition.sum('ner_queue_wait_seconds_sum')).toBeCloseTo(0.04)
    // What workers did is counted a dispatch, since requests share it.
    expect(exposition.sum('ner_tokens_total')).toBe(0)
  })

  test('counts the work of each dispatch', async () => {
    const { metrics, read } = setUp()
    metrics.dispatched(2, work)
    metrics.dispatched(3, work)
    const exposition = await read()
    expect(
      ['sentences', 'tokens', 'oov_tokens', 'cells'].map(name => exposition.sum(`ner_${name}_total`))
    ).toEqual([10, 140, 6, 180])
    expect(exposition.sum('ner_dispatch_texts_sum')).toBe(5)
    expect(exposition.sum('ner_dispatch_tokens_sum')).toBe(140)
    expect(exposition.by('ner_stage_duration_seconds_count', 'stage')).toEqual({
      pipeline: 2,
      inference: 2,
      decoding: 2
    })
    expect(exposition.sum('ner_stage_duration_seconds_sum', { stage: 'inference' })).toBeCloseTo(0.06)
  })

  test('tells what waits and what works now', async () => {
    const { metrics, read } = setUp()
    metrics.workerLost()
    const exposition = await read({
      waiting: 4,
      waitingTokens: 2000,
      predictedWait: 150,
      workerMemory: [1e8, undefined, 2e8]
    })
    expect(exposition.by('ner_workers', 'state')).toEqual({ ready: 2, starting: 1 })
    expect(exposition.by('ner_worker_resident_memory_bytes', 'worker')).toEqual({ 0: 1e8, 2: 2e8 })
    expect(exposition.sum('ner_worker_restarts_total')).toBe(1)
    expect(exposition.sum('ner_queue_depth')).toBe(4)
    expect(exposition.sum('ner_queue_tokens')).toBe(2000)
    expect(exposition.sum('ner_queue_predicted_wait_seconds')).toBe(0.15)
    expect((await read()).sum('ner_queue_depth')).toBe(0)
  })

  test('names the model', async () => {
    const { read } = setUp()
    const labels = { name: 'fake', version: '1.0.0', sha256: 'f'.repeat(64) }
    expect((await read()).values('ner_model_info', labels)).toEqual([1])
  })
})
