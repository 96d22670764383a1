import { ServiceError } from '../errors.ts'
import { Admission, type AdmissionOptions } from './admission.ts'
import { FairQueue, type Queued } from './queue.ts'

/** Something that works on several requests at once. A second call is worked on in turns with the first. */
export interface Lane<Request, Result> {
  /** @throws LaneLost when the lane ended before it answered; any other error is an answer */
  run(requests: readonly Request[]): Promise<Result>
  /** Ends the lane, whatever it is doing; the calls under way then throw LaneLost. */
  kill(): void
}

/** The lane ended before it answered: whether a request was the cause is not known. */
export class LaneLost extends Error {
  override readonly name = 'LaneLost'
}

export interface BatcherOptions<Request, Result> extends AdmissionOptions {
  /** lanes that work now; the same object for the same lane each time */
  readonly lanes: () => readonly Lane<Request, Result>[]
  readonly costOf: (request: Request) => number
  /** most cost given to a lane at once, unless one request alone is more */
  readonly dispatchBudget: number
  /** submissions of up to this cost go between: a lane that is busy with more than that takes as much of them, once */
  readonly smallBudget: number
}

/** How one request of a submission fared: the position of its result in that of its dispatch, or an error. */
export type Settled<Result> =
  | { readonly result: Result; readonly index: number }
  | { readonly error: ServiceError }

export interface Submission<Result> {
  readonly settled: readonly Settled<Result>[]
  /** longest wait of a request of the submission for a lane, whatever became of it, in milliseconds */
  readonly queued: number
}

/** What a lane is doing. */
interface Use {
  calls: number
  cost: number
  /** a request that may end the lane is on it: it must have no company */
  alone: boolean
  /** when it became busy, or its last call ended: the time of two calls at once is counted once */
  since: number
}

interface Item<Request, Result> extends Queued {
  readonly request: Request
  attempts: number
  done: boolean
  settle(outcome: Settled<Result>): void
  readonly admitted: number
  /** milliseconds from admission to the last dispatch; undefined while it waits */
  waited: number | undefined
}

/** A request whose lane was lost is tried once more, alone, so that it cannot take its neighbours along again. */
const ATTEMPTS = 2

/**
 * Continuous batching: a free lane takes what waits, up to a budget; nothing waits for a timer. Knows nothing of NER.
 */
export class Batcher<Request, Result> {
  readonly #options: BatcherOptions<Request, Result>
  readonly #queue = new FairQueue<Item<Request, Result>>()
  readonly #admission: Admission
  /** lanes that are busy */
  readonly #uses = new Map<Lane<Request, Result>, Use>()
  #drained: Promise<void> | undefined
  #onDrained: (() => void) | undefined
  #closing = false

  constructor(options: BatcherOptions<Request, Result>) {
    this.#options = options
    this.#admission = new Admission(options)
  }

  get waiting(): number {
    return this.#queue.length
  }

  get waitingCost(): number {
    return this.#queue.cost
  }

  /** Predicted milliseconds until a submission of `cost` is dispatched to its last request. */
  predictedWait(cost: number): number {
    let running = 0
    for (const use of this.#uses.values()) running += use.cost
    return this.#admission.milliseconds(running / 2 + this.#queue.costAhead(cost))
  }

  /**
   * Admits requests as a whole and resolves when each has its answer or its error.
   * @param divisible the sender could have sent them in parts
   * @throws ServiceError `overloaded` at once, or the reason of `signal` when it aborts first
   */
  async submit(
    requests: readonly Request[],
    signal?: AbortSignal,
    divisible = requests.length > 1
  ): Promise<Submission<Result>> {
    signal?.throwIfAborted()
    if (this.#closing)
      throw new ServiceError('not_ready', { detail: 'The service is shutting down.', retryAfter: 1 })
    if (requests.length === 0) return { settled: [], queued: 0 }
    this.#admit(requests, divisible)
    const group = {}
    let timer: NodeJS.Timeout | undefined
    let abort: (() => void) | undefined
    try {
      return await new Promise<Submission<Result>>((resolve, reject) => {
        const items = this.#enqueue(requests, group, resolve)
        abort = () => {
          // What runs cannot be stopped, but is not tried again.
          for (const item of items) item.done = true
          this.#drop(group)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
        timer = setTimeout(() => this.#expire(items, group), this.#options.deadline)
        this.pump()
      })
    } finally {
      clearTimeout(timer)
      if (abort) signal?.removeEventListener('abort', abort)
    }
  }

  /** Gives what waits to the lanes that are free; to be called when one becomes free. */
  pump(): void {
    const { dispatchBudget, smallBudget } = this.#options
    const lanes = this.#options.lanes()
    // What waits is shared among all lanes, so that one does not take everything while another stands idle.
    const share = Math.ceil(this.#queue.cost / this.#options.laneCount())
    for (const lane of lanes) {
      if (this.#queue.length === 0) return
      if (!this.#uses.has(lane)) void this.#dispatch(lane, this.#queue.take(Math.min(share, dispatchBudget)))
    }
    for (const lane of this.#interruptible(lanes)) {
      const items = this.#queue.takeSmall(smallBudget)
      if (items.length === 0) return
      void this.#dispatch(lane, items)
    }
  }

  /** Lanes that will be busy for long with one call; those that will be free first come first. */
  #interruptible(lanes: readonly Lane<Request, Result>[]): Lane<Request, Result>[] {
    const costs = new Map<Lane<Request, Result>, number>()
    for (const lane of lanes) {
      const use = this.#uses.get(lane)
      if (use && use.calls === 1 && !use.alone && use.cost > this.#options.smallBudget)
        costs.set(lane, use.cost)
    }
    return [...costs].sort(([, a], [, b]) => a - b).map(([lane]) => lane)
  }

  /** Refuses new requests and ends when everything admitted is settled. */
  async close(): Promise<void> {
    this.#closing = true
    this.#drained ??= new Promise<void>(resolve => {
      this.#onDrained = resolve
    })
    this.#checkDrained()
    await this.#drained
  }

  /**
   * @param most what the submission costs at most, where `cost` is not known but a lower bound
   * @throws ServiceError `overloaded` when something waits and a submission of `cost` would be refused for it
   */
  checkWaiting(cost: number, most = cost): void {
    if (this.#queue.length > 0) this.#admission.checkWaiting(this.predictedWait(cost), cost, most)
  }

  /** What cannot be divided is always admitted when nothing waits: it may be as large as the service allows. */
  #admit(requests: readonly Request[], divisible: boolean): void {
    const cost = requests.reduce((sum, request) => sum + this.#options.costOf(request), 0)
    this.checkWaiting(cost)
    if (divisible && this.#queue.length === 0) this.#admission.checkIdle(this.predictedWait(cost), cost)
  }

  #enqueue(
    requests: readonly Request[],
    group: object,
    resolve: (submission: Submission<Result>) => void
  ): Item<Request, Result>[] {
    const settled: Settled<Result>[] = new Array(requests.length)
    let open = requests.length
    let longest = 0
    const items = requests.map((request, i): Item<Request, Result> => {
      const item: Item<Request, Result> = {
        request,
        group,
        cost: this.#options.costOf(request),
        attempts: 0,
        alone: false,
        done: false,
        admitted: performance.now(),
        waited: undefined,
        settle(outcome) {
          if (item.done) return
          item.done = true
          settled[i] = outcome
          longest = Math.max(longest, item.waited ?? performance.now() - item.admitted)
          if (--open === 0) resolve({ settled, queued: longest })
        }
      }
      return item
    })
    for (const item of items) this.#queue.push(item)
    return items
  }

  async #dispatch(lane: Lane<Request, Result>, items: readonly Item<Request, Result>[]): Promise<void> {
    const cost = items.reduce((sum, item) => sum + item.cost, 0)
    const start = performance.now()
    // A lane that takes longer hangs. Its requests were answered when their own deadline passed, at the latest now.
    const watchdog = setTimeout(() => lane.kill(), this.#options.deadline)
    const use = this.#uses.get(lane) ?? { calls: 0, cost: 0, alone: false, since: start }
    this.#uses.set(lane, use)
    use.calls++
    use.cost += cost
    use.alone = items[0].alone
    for (const item of items) item.waited = start - item.admitted
    try {
      const result = await lane.run(items.map(({ request }) => request))
      const end = performance.now()
      this.#admission.record(cost, end - use.since)
      use.since = end
      items.forEach((item, index) => {
        item.settle({ result, index })
      })
    } catch (error) {
      if (error instanceof LaneLost) this.#retry(items)
      else this.#separate(items, error)
    } finally {
      clearTimeout(watchdog)
      use.calls--
      use.cost -= cost
      if (use.calls === 0) this.#uses.delete(lane)
      this.pump()
      this.#checkDrained()
    }
  }

  /** After a lost lane: every request once more, each alone; one that has been alone is given up. */
  #retry(items: readonly Item<Request, Result>[]): void {
    const again: Item<Request, Result>[] = []
    for (const item of items) {
      item.attempts++
      item.alone = true
      if (item.attempts < ATTEMPTS) again.push(item)
      else item.settle({ error: new ServiceError('worker_crashed') })
    }
    this.#putBack(again)
  }

  /** After a failure of a live lane: the same, but a request that fails alone has failed. */
  #separate(items: readonly Item<Request, Result>[], cause: unknown): void {
    if (items.length === 1) items[0].settle({ error: new ServiceError('worker_crashed', { cause }) })
    else {
      for (const item of items) item.alone = true
      this.#putBack(items)
    }
  }

  #putBack(items: readonly Item<Request, Result>[]): void {
    for (const item of items) item.waited = undefined
    this.#queue.unshift(items.filter(({ done }) => !done))
  }

  #expire(items: readonly Item<Request, Result>[], group: object): void {
    for (const item of items) item.settle({ error: this.#deadlineError() })
    this.#drop(group)
  }

  #deadlineError(): ServiceError {
    return new ServiceError('deadline_exceeded', { detail: `The deadline is ${this.#options.deadline} ms.` })
  }

  /** Takes what still waits of a submission out of the queue. */
  #drop(group: object): void {
    this.#queue.drop(group)
    this.#checkDrained()
  }

  #checkDrained(): void {
    if (this.#uses.size === 0 && this.#queue.length === 0) this.#onDrained?.()
  }
}
