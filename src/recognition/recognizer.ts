import type { AnalyzedText, TextRequest, Work } from '../analysis.ts'
import type { ServiceError } from '../errors.ts'
import type { Manifest } from '../model/manifest.ts'

/** How one text fared. */
export type Outcome = { readonly analyzed: AnalyzedText } | { readonly error: ServiceError }

/** Where the time of a request went, in milliseconds; work that it shared with other requests counts in full. */
export interface Timings extends Work {
  queue: number
}

export interface Recognition {
  /** in the order of the texts */
  readonly outcomes: readonly Outcome[]
  readonly timings: Timings
}

/** State of the parts that answer, for readiness. */
export interface RecognizerHealth {
  readonly workers: number
  readonly readyWorkers: number
  /** every worker has been ready once */
  readonly started: boolean
  /** why a worker could not load its model, when one could not */
  readonly fault: string | undefined
}

/** What waits and what works, for metrics. */
export interface RecognizerLoad {
  /** texts, or parts of long ones, that wait for a worker */
  readonly waiting: number
  /** about their tokens */
  readonly waitingTokens: number
  /** milliseconds that a note would wait that came now, as predicted */
  readonly predictedWait: number
  /** bytes of physical memory of each worker process, undefined for one that is not there */
  readonly workerMemory: readonly (number | undefined)[]
}

/** What the service tells about the model it serves. */
export interface ServedModel {
  readonly manifest: Pick<
    Manifest,
    'name' | 'version' | 'description' | 'license' | 'language' | 'labels' | 'training'
  >
  readonly sha256: string
}

/** What the routes know of recognition. */
export interface Recognizer {
  readonly model: ServedModel
  /**
   * Recognizes the texts of one request.
   * @param signal aborts what has not started; the promise then rejects with the signal's reason
   * @param sender calls of the same one share the turns of one request
   * @throws ServiceError `overloaded` or `not_ready` when the request as a whole is refused
   */
  recognize(texts: readonly TextRequest[], signal?: AbortSignal, sender?: object): Promise<Recognition>
  /**
   * Whether there is any use in reading a request of so many bytes.
   * @throws ServiceError `overloaded` or `not_ready` when it would be refused whatever it holds
   */
  checkAdmission(bytes: number): void
  health(): RecognizerHealth
  load(): RecognizerLoad
  /** Ends when everything accepted is answered and every worker is gone. */
  close(): Promise<void>
}
