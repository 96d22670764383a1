import type { Analysis, TextRequest, Work } from '../analysis.ts'
import { Batcher, type Lane as BatcherLane, LaneLost } from '../batching/batcher.ts'
import { ServiceError } from '../errors.ts'
import type { DescribedModel } from '../model/verified-model.ts'
import type { WorkerEvent } from '../workers/pool.ts'
import { type Lane, WorkerPool } from '../workers/pool.ts'
import { WorkerLost } from '../workers/worker-process.ts'
import { estimateCost } from './cost.ts'
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
}

/** Tokens given to a worker at once: some twelve notes, enough for full batches and a tenth of a second. */
const DISPATCH_TOKENS = 6000
/** Tokens a worker works off in a millisecond, before it was measured: a slow machine. */
const INITIAL_RATE = 40
/** Idle workers end at once when asked to; one that does not is killed. */
const STOP_TIMEOUT_MS = 5000

/** Recognition by a pool of worker processes behind a batching queue. */
export function createPooledRecognizer(options: PooledOptions): Recognizer {
  const { model, modelFolder, workers, deadline, maxWait, workerEntry, onWorkerEvent } = options
  const pool = new WorkerPool({
    size: workers,
    modelFolder,
    model,
    ...(workerEntry && { entry: workerEntry }),
    ...(onWorkerEvent && { onEvent: onWorkerEvent })
  })
  const batcher = new Batcher<TextRequest, Analysis>({
    idleLanes: () => pool.idle().map(toLane),
    laneCount: () => Math.max(1, pool.readyCount),
    costOf: ({ text }) => estimateCost(text),
    dispatchBudget: DISPATCH_TOKENS,
    initialRate: INITIAL_RATE,
    deadline,
    maxWait
  })
  pool.onIdle(() => batcher.pump())

  return {
    model,
    async recognize(texts, signal): Promise<Recognition> {
      if (!pool.started) {
        throw new ServiceError('not_ready', { detail: 'The model is loading.', retryAfter: 1 })
      }
      // A worker that was lost is back in a moment; one that refuses its model may never be.
      if (pool.readyCount === 0 && pool.fault) {
        throw new ServiceError('not_ready', { detail: 'No worker can load the model.', retryAfter: 10 })
      }
      const { settled, queued } = await batcher.submit(texts, signal)
      const analyses = new Set<Analysis>()
      const outcomes = settled.map((one): Outcome => {
        if ('error' in one) return one
        analyses.add(one.result)
        return { analyzed: one.result.texts[one.index] }
      })
      return { outcomes, timings: { queue: queued, ...total(analyses) } }
    },
    health: () => ({
      workers: pool.size,
      readyWorkers: pool.readyCount,
      started: pool.started,
      fault: pool.fault
    }),
    async close() {
      await batcher.close()
      await pool.close(STOP_TIMEOUT_MS)
    }
  }
}

function toLane(lane: Lane): BatcherLane<TextRequest, Analysis> {
  return {
    async run(texts) {
      try {
        return await lane.analyze(texts)
      } catch (error) {
        throw error instanceof WorkerLost ? new LaneLost(undefined, { cause: error }) : error
      }
    },
    kill: () => lane.kill()
  }
}

function total(analyses: ReadonlySet<Analysis>): Work {
  const sum: Work = { pipeline: 0, inference: 0, decoding: 0, tokens: 0, cells: 0 }
  for (const { work } of analyses) {
    for (const key of Object.keys(sum) as (keyof Work)[]) sum[key] += work[key]
  }
  return sum
}
