import { type Analysis, type AnalyzedText, noWork, type TextRequest, type Work } from '../analysis.ts'
import { Batcher, type Lane as BatcherLane, LaneLost, type Settled } from '../batching/batcher.ts'
import { ServiceError } from '../errors.ts'
import { nextTurn } from '../event-loop.ts'
import type { DescribedModel } from '../model/verified-model.ts'
import type { WorkerEvent } from '../workers/pool.ts'
import { type Lane, WorkerPool } from '../workers/pool.ts'
import { WorkerLost } from '../workers/worker-process.ts'
import { inContext } from './in-context.ts'
import type { RecognitionObserver } from './observer.ts'
import { groupParts, joinParts, type Part, shareOut, splitTexts } from './parts.ts'
import type { Outcome, Recognition, Recognizer } from './recognizer.ts'

export interface PooledOptions {
  readonly model: DescribedModel
  readonly modelFolder: string
  readonly workers: number
  /** milliseconds, see the configuration */
  readonly deadline: number
  readonly maxWait: number
  readonly workerEntry?: URL
  readonly onWorkerEvent?: (event: WorkerEvent) => void
  readonly observer?: RecognitionObserver
}

/** Tokens given to a worker at once: some twelve notes, enough for full batches and a tenth of a second. */
const DISPATCH_TOKENS = 6000
/** A note of the usual length need not wait for a worker that has taken twelve: its turn comes after the run at hand. */
const SMALL_TOKENS = 1500
/** Of a body: prose has about six, so that what is estimated by this is less than what it will cost. */
const MOST_BYTES_PER_TOKEN = 12
/** What is made of the answers to more than so many parts takes milliseconds at each step: others come between. */
const MANY_PARTS = 8
/** Tokens of the note for which a wait is told that nobody waits for. */
const USUAL_TOKENS = 500
/** Tokens a worker works off in a millisecond, before it was measured: a slow machine. */
const INITIAL_RATE = 40
/** Idle workers end at once when asked to; one that does not is killed. */
const STOP_TIMEOUT_MS = 5000

/** Recognition by a pool of worker processes behind a batching queue. */
export function createPooledRecognizer(options: PooledOptions): Recognizer {
  const { model, modelFolder, workers, deadline, maxWait, workerEntry, onWorkerEvent, observer } = options
  const pool = new WorkerPool({
    size: workers,
    modelFolder,
    model,
    ...(workerEntry && { entry: workerEntry }),
    ...(onWorkerEvent && { onEvent: onWorkerEvent })
  })
  /** each worker's, the same one every time */
  const lanes = new WeakMap<Lane, BatcherLane<Part, Analysis>>()
  const laneOf = (worker: Lane): BatcherLane<Part, Analysis> => {
    const lane = lanes.get(worker) ?? toLane(worker, observer)
    lanes.set(worker, lane)
    return lane
  }
  const batcher = new Batcher<Part, Analysis>({
    lanes: () => pool.lanes().map(laneOf),
    laneCount: () => Math.max(1, pool.readyCount),
    costOf: ({ cost }) => cost,
    wholeOf: part => part.whole ?? part,
    dispatchBudget: DISPATCH_TOKENS,
    smallBudget: SMALL_TOKENS,
    initialRate: INITIAL_RATE,
    deadline,
    maxWait
  })
  pool.onIdle(() => batcher.pump())

  function checkReady(): void {
    if (!pool.started) {
      throw new ServiceError('not_ready', { detail: 'The model is loading.', retryAfter: 1 })
    }
    // A worker that was lost is back in a moment; one that refuses its model may never be.
    if (pool.readyCount === 0 && pool.fault) {
      throw new ServiceError('not_ready', { detail: 'No worker can load the model.', retryAfter: 10 })
    }
  }

  return {
    model,
    async recognize(texts, signal, sender): Promise<Recognition> {
      checkReady()
      const whole = splitTexts(texts)
      const parts = batcher.idleLanes >= 2 ? shareOut(whole) : whole
      const { settled, queued } = await batcher.submit(parts, signal, texts.length > 1, sender)
      const recognition = {
        outcomes: toOutcomes(texts, parts, settled),
        timings: { queue: queued, ...total(settled) }
      }
      if (parts.length > MANY_PARTS) await nextTurn()
      observer?.recognized(recognition)
      if (parts.length > MANY_PARTS) await nextTurn()
      return recognition
    },
    checkAdmission(bytes) {
      checkReady()
      // Every byte may be a token.
      batcher.checkWaiting(bytes / MOST_BYTES_PER_TOKEN, bytes)
    },
    health: () => ({
      workers: pool.size,
      readyWorkers: pool.readyCount,
      started: pool.started,
      fault: pool.fault
    }),
    load: () => ({
      waiting: batcher.waiting,
      waitingTokens: batcher.waitingCost,
      predictedWait: batcher.predictedWait(USUAL_TOKENS),
      workerMemory: pool.memory()
    }),
    async close() {
      await batcher.close()
      await pool.close(STOP_TIMEOUT_MS)
    }
  }
}

/** Of each text: joined from its parts, or the first error of one. */
function toOutcomes(
  texts: readonly TextRequest[],
  parts: readonly Part[],
  settled: readonly Settled<Analysis>[]
): Outcome[] {
  return groupParts(texts.length, parts).map((own, of) => {
    const analyzed: AnalyzedText[] = []
    for (const i of own) {
      const one = settled[i]
      if ('error' in one) return one
      analyzed.push(one.result.texts[one.index])
    }
    return { analyzed: inContext(texts[of], joinParts(analyzed)) }
  })
}

function toLane(worker: Lane, observer: RecognitionObserver | undefined): BatcherLane<Part, Analysis> {
  return {
    async run(parts) {
      try {
        const analysis = await worker.analyze(
          parts.map(({ text, options, offset, share }) => ({ text, options, offset, share }))
        )
        observer?.dispatched(parts.length, analysis.work)
        return analysis
      } catch (error) {
        throw error instanceof WorkerLost ? new LaneLost(undefined, { cause: error }) : error
      }
    },
    kill: () => worker.kill()
  }
}

function total(settled: readonly Settled<Analysis>[]): Work {
  const sum = noWork()
  for (const { work } of new Set(settled.flatMap(one => ('error' in one ? [] : [one.result])))) {
    for (const key of Object.keys(sum) as (keyof Work)[]) sum[key] += work[key]
  }
  return sum
}
