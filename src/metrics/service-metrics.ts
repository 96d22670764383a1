import type { Work } from '../analysis.ts'
import { type ErrorCode, errorTable } from '../errors.ts'
import type { RecognitionObserver } from '../recognition/observer.ts'
import type { Recognition, Recognizer, ServedModel } from '../recognition/recognizer.ts'
import { MetricRegistry } from './registry.ts'

/** A request that was answered, or whose client has gone. */
export interface EndedRequest {
  readonly method: string | undefined
  /** pattern of its route; undefined where there is none */
  readonly route: string | undefined
  readonly status: number
  /** code of its problem document */
  readonly problem: ErrorCode | undefined
  readonly seconds: number
}

/** What callers write as a method is theirs; these are the ones that are named. */
const methods: ReadonlySet<string> = new Set(
  'CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT TRACE'.split(' ')
)

const stages = ['pipeline', 'inference', 'decoding'] as const

/** Counts what the service does. Knows numbers, codes, labels and patterns of routes, never a text. */
export class ServiceMetrics implements RecognitionObserver {
  readonly #registry = new MetricRegistry()

  /** Metrics appear with 0 where their labels are known, so that the first of a kind is seen as an increase. */
  constructor({ manifest, sha256 }: ServedModel) {
    const { name, version, labels } = manifest
    this.#registry.set('ner_model_info', [[{ name, version, sha256 }, 1]])
    for (const code of Object.keys(errorTable) as ErrorCode[]) this.#addProblem(code, 0)
    for (const label of labels) this.#addEntities(label, 0, 0)
    this.documentsEnded('recognized', 0)
  }

  /** Adds the metrics of this process; to be called once in one. */
  watchProcess(): void {
    this.#registry.addProcess()
  }

  requestEnded({ method, route, status, problem, seconds }: EndedRequest): void {
    this.#registry.observe(
      'http_server_request_duration_seconds',
      {
        http_request_method: method && methods.has(method) ? method : '_OTHER',
        http_route: route ?? 'none',
        http_response_status_code: status
      },
      seconds
    )
    if (problem) this.#addProblem(problem, 1)
  }

  documentsEnded(outcome: 'recognized' | ErrorCode, count: number): void {
    this.#registry.add('ner_documents_total', { outcome }, count)
  }

  dispatched(texts: number, work: Work): void {
    this.#registry.add('ner_sentences_total', {}, work.sentences)
    this.#registry.add('ner_tokens_total', {}, work.tokens)
    this.#registry.add('ner_oov_tokens_total', {}, work.unknown)
    this.#registry.add('ner_cells_total', {}, work.cells)
    this.#registry.observe('ner_dispatch_texts', {}, texts)
    this.#registry.observe('ner_dispatch_tokens', {}, work.tokens)
    for (const stage of stages)
      this.#registry.observe('ner_stage_duration_seconds', { stage }, work[stage] / 1000)
  }

  recognized({ outcomes, timings }: Recognition): void {
    this.#registry.observe('ner_queue_wait_seconds', {}, timings.queue / 1000)
    const found = new Map<string, { count: number; confidence: number }>()
    let cut = 0
    for (const outcome of outcomes) {
      if ('error' in outcome) continue
      cut += outcome.analyzed.cutSentences.length
      for (const { label, confidence } of outcome.analyzed.entities) {
        const sum = found.get(label) ?? { count: 0, confidence: 0 }
        found.set(label, sum)
        sum.count++
        sum.confidence += confidence
      }
    }
    for (const [label, { count, confidence }] of found) this.#addEntities(label, count, confidence)
    this.#registry.add('ner_sentences_cut_total', {}, cut)
  }

  workerLost(): void {
    this.#registry.add('ner_worker_restarts_total', {}, 1)
  }

  logLinesLost(count: number): void {
    this.#registry.add('ner_log_lines_lost_total', {}, count)
  }

  /** Content type of `text`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** Everything in the text format of Prometheus, with what the recognizer is doing now. */
  text(recognizer: Pick<Recognizer, 'health' | 'load'>): Promise<string> {
    const { workers, readyWorkers } = recognizer.health()
    const { waiting, waitingTokens, predictedWait, workerMemory } = recognizer.load()
    this.#registry.set('ner_workers', [
      [{ state: 'ready' }, readyWorkers],
      [{ state: 'starting' }, workers - readyWorkers]
    ])
    this.#registry.set('ner_queue_depth', [[{}, waiting]])
    this.#registry.set('ner_queue_tokens', [[{}, waitingTokens]])
    this.#registry.set('ner_queue_predicted_wait_seconds', [[{}, predictedWait / 1000]])
    this.#registry.set(
      'ner_worker_resident_memory_bytes',
      workerMemory.flatMap((bytes, worker) => (bytes === undefined ? [] : [[{ worker }, bytes] as const]))
    )
    return this.#registry.text()
  }

  #addEntities(label: string, count: number, confidence: number): void {
    this.#registry.add('ner_entities_total', { label }, count)
    this.#registry.add('ner_entity_confidence_total', { label }, confidence)
  }

  #addProblem(code: ErrorCode, count: number): void {
    const { status } = errorTable[code]
    if (status === 499) this.#registry.add('ner_requests_dropped_total', {}, count)
    else if (status < 500 || status === 503)
      this.#registry.add('ner_requests_rejected_total', { reason: code }, count)
    else this.#registry.add('ner_requests_failed_total', { reason: code }, count)
  }
}
