import type { Analysis, TextRequest } from '../analysis.ts'
import type { DescribedModel } from '../model/verified-model.ts'
import { WorkerProcess } from './worker-process.ts'

export interface PoolOptions {
  readonly size: number
  readonly modelFolder: string
  /** what the service describes; a worker whose files are not those does not serve */
  readonly model: DescribedModel
  /** entry file of a worker; tests give misbehaving ones */
  readonly entry?: URL
  /** told of every worker that starts, is ready, or ends without having been asked to */
  readonly onEvent?: (event: WorkerEvent) => void
}

export interface WorkerEvent {
  readonly kind: 'started' | 'ready' | 'lost'
  readonly pid: number | undefined
  /** why it refused to serve, when it said so */
  readonly reason?: string | undefined
  readonly code?: number | null
  readonly signal?: NodeJS.Signals | null
}

/** A ready worker. */
export interface Lane {
  analyze(texts: readonly TextRequest[]): Promise<Analysis>
  /** Ends the worker, whatever it is doing; the pool replaces it. */
  kill(): void
}

/** A worker that ends sooner than this after its start, and before it has answered, is replaced more slowly each time. */
const SETTLED_MS = 5000
const FIRST_BACKOFF_MS = 200
const LONGEST_BACKOFF_MS = 30_000
/** A worker that is not ready by then hangs. */
const START_TIMEOUT_MS = 60_000

interface Slot {
  worker: WorkerProcess | undefined
  ready: boolean
  /** consecutive ends soon after the start, before any answer */
  failures: number
  /** of the next start, or of the start under way */
  timer: NodeJS.Timeout | undefined
}

/**
 * Keeps `size` worker processes with the model loaded and replaces those that end: at once when they have lived long or
 * answered, for then a text or the system ended them, and with growing delays when they cannot even begin. Knows nothing of queues.
 */
export class WorkerPool {
  readonly #options: PoolOptions
  readonly #entry: URL
  readonly #slots: Slot[]
  #onIdle: () => void = () => {}
  #onEmpty: (() => void) | undefined
  #closing = false
  #started = false
  #fault: string | undefined

  constructor(options: PoolOptions) {
    this.#options = options
    this.#entry = options.entry ?? new URL('./worker.js', import.meta.url)
    this.#slots = Array.from({ length: options.size }, () => ({
      worker: undefined,
      ready: false,
      failures: 0,
      timer: undefined
    }))
    for (const slot of this.#slots) this.#start(slot)
  }

  get size(): number {
    return this.#slots.length
  }

  get readyCount(): number {
    return this.#slots.filter(({ ready }) => ready).length
  }

  /** Bytes of physical memory of each worker; undefined for one that is being replaced. */
  memory(): (number | undefined)[] {
    return this.#slots.map(({ worker }) => worker?.memory)
  }

  /** Every worker has been ready at the same time once. */
  get started(): boolean {
    return this.#started
  }

  /** Why the worker that refused last does not serve; undefined once all are ready. */
  get fault(): string | undefined {
    return this.#fault
  }

  /** Workers that are ready, the same object for the same worker. */
  lanes(): Lane[] {
    return this.#slots.flatMap(({ worker, ready }) => (worker && ready ? [worker] : []))
  }

  /** `listener` is called whenever a worker becomes ready; the end of a call is known to the one who made it. */
  onIdle(listener: () => void): void {
    this.#onIdle = listener
  }

  /**
   * Ends when every worker is gone. To be called when no call is under way: a worker that still has one is cut
   * off from answering. Those that have not gone after `timeout` milliseconds are killed.
   */
  async close(timeout: number): Promise<void> {
    this.#closing = true
    const gone = new Promise<void>(resolve => {
      this.#onEmpty = resolve
    })
    for (const slot of this.#slots) {
      clearTimeout(slot.timer)
      slot.worker?.stop()
    }
    this.#checkEmpty()
    const timer = setTimeout(() => {
      for (const { worker } of this.#slots) worker?.kill()
    }, timeout)
    await gone
    clearTimeout(timer)
  }

  #start(slot: Slot): void {
    const { modelFolder, model, onEvent } = this.#options
    const startedAt = performance.now()
    const worker = new WorkerProcess(this.#entry, modelFolder, model, {
      onReady: () => {
        clearTimeout(slot.timer)
        slot.ready = true
        if (this.readyCount === this.size) {
          this.#started = true
          this.#fault = undefined
        }
        onEvent?.({ kind: 'ready', pid: worker.pid })
        this.#onIdle()
      },
      onExit: ({ reason, code, signal }) => {
        clearTimeout(slot.timer)
        slot.ready = false
        slot.worker = undefined
        if (this.#closing) {
          this.#checkEmpty()
          return
        }
        if (reason !== undefined) this.#fault = reason
        onEvent?.({ kind: 'lost', pid: worker.pid, reason, code, signal })
        this.#replace(slot, worker.answered || performance.now() - startedAt >= SETTLED_MS)
      }
    })
    slot.worker = worker
    slot.timer = setTimeout(() => worker.kill(), START_TIMEOUT_MS)
    onEvent?.({ kind: 'started', pid: worker.pid })
  }

  #replace(slot: Slot, worked: boolean): void {
    slot.failures = worked ? 0 : slot.failures + 1
    const delay =
      slot.failures < 2 ? 0 : Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (slot.failures - 2))
    slot.timer = setTimeout(() => this.#start(slot), delay)
  }

  #checkEmpty(): void {
    if (this.#slots.every(({ worker }) => worker === undefined)) this.#onEmpty?.()
  }
}
