import { ServiceError } from '../errors.ts'
import { Admission, type AdmissionOptions } from './admission.ts'
import { FairQueue, type Queued } from './queue.ts'

/** Something that works on several requests at once. Of calls that overlap, the one with least to do is worked on first. */
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
  /** what a request is a try of: the same for the shares of one thing, which have their tries in common */
  readonly wholeOf: (request: Request) => object
  /** most cost given to a lane at once, unless one request alone is more */
  readonly dispatchBudget: number
  /** submissions of up to this cost go between: a lane that is busy with more than that of one other takes as much besides */
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
  /** of the call that did not come between: most of its cost that came from one submission, or sender; 0 when it is done */
  bulk: number
  /** part of the cost that came between */
  between: number
  /** a request that may end the lane is on it: it must have no company */
  alone: boolean
  /** when it became busy, or its last call ended: the time of two calls at once is counted once */
  since: number
}

interface Item<Request, Result> extends Queued {
  readonly request: Request
  readonly tries: Tries<Item<Request, Result>>
  /** tries that were lost when it was dispatched last */
  lostBefore: number
  done: boolean
  settle(outcome: Settled<Result>): void
  readonly admitted: number
  /** milliseconds from admission to the last dispatch; undefined while it waits */
  waited: number | undefined
}

/** Of some requests that are shares of one thing. */
interface Tries<Item> {
  /** tries in which a lane was lost, be it with one share or with all */
  lost: number
  readonly items: Item[]
}

/** A request whose lane was lost is tried once more, alone, so that it cannot take its neighbours along again. */
const ATTEMPTS = 2

/**
 * Continuous batching: a lane that is free, or left with small calls only, takes what waits, up to a budget; nothing waits
 * for a timer. Knows nothing of NER.
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

  /** Lanes with nothing to do; none while something waits. */
  get idleLanes(): number {
    if (this.#queue.length > 0) return 0
    return this.#options.lanes().filter(lane => !this.#uses.has(lane)).length
  }

  /** Predicted milliseconds until a submission of `cost`, of `sender`, is dispatched to its last request. */
  predictedWait(cost: number, sender?: object): number {
    let running = 0
    for (const use of this.#uses.values()) running += use.cost
    return this.#admission.milliseconds(running / 2 + this.#queue.costAhead(cost, sender))
  }

  /**
   * Admits requests as a whole and resolves when each has its answer or its error.
   * @param divisible the sender could have sent them in parts
   * @param sender submissions of the same one have turns together, as if they were one; in turns with others otherwise
   * @throws ServiceError `overloaded` at once, or the reason of `signal` when it aborts first
   */
  async submit(
    requests: readonly Request[],
    signal?: AbortSignal,
    divisible = requests.length > 1,
    sender?: object
  ): Promise<Submission<Result>> {
    signal?.throwIfAborted()
    if (this.#closing)
      throw new ServiceError('not_ready', { detail: 'The service is shutting down.', retryAfter: 1 })
    if (requests.length === 0) return { settled: [], queued: 0 }
    this.#admit(requests, divisible, sender)
    const group = sender ?? {}
    let timer: NodeJS.Timeout | undefined
    let abort: (() => void) | undefined
    try {
      return await new Promise<Submission<Result>>((resolve, reject) => {
        const items = this.#enqueue(requests, group, resolve)
        abort = () => {
          // What runs cannot be stopped, but is not tried again.
          for (const item of items) item.done = true
          this.#drop(items, group)
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

  /** Gives what waits to the lanes that can take it; to be called when one becomes free. */
  pump(): void {
    if (this.#queue.length === 0) return
    const { dispatchBudget, smallBudget } = this.#options
    const lanes = this.#options.lanes()
    // What waits is shared among all lanes, so that one does not take everything while another stands idle.
    const share = Math.ceil(this.#queue.cost / this.#options.laneCount())
    for (const lane of this.#open(lanes)) {
      if (this.#queue.length === 0) return
      if (this.#uses.has(lane) && this.#queue.nextIsAlone) continue
      void this.#dispatch(lane, this.#queue.take(Math.min(share, dispatchBudget)), false)
    }
    for (const [lane, { between }] of this.#interruptible(lanes)) {
      const items = this.#queue.takeSmall(smallBudget - between)
      if (items.length > 0) void this.#dispatch(lane, items, true)
    }
  }

  /** Lanes with nothing to do, and then those that are busy only with what went between. */
  #open(lanes: readonly Lane<Request, Result>[]): Lane<Request, Result>[] {
    const free = lanes.filter(lane => !this.#uses.has(lane))
    const left = lanes.filter(lane => {
      const use = this.#uses.get(lane)
      return use && use.bulk === 0 && !use.alone
    })
    return [...free, ...left]
  }

  /** Lanes that are busy with much of one submission; those that have taken least besides come first. */
  #interruptible(lanes: readonly Lane<Request, Result>[]): [Lane<Request, Result>, Use][] {
    const { smallBudget } = this.#options
    const found: [Lane<Request, Result>, Use][] = []
    if (this.#queue.length === 0) return found
    for (const lane of lanes) {
      const use = this.#uses.get(lane)
      if (use && !use.alone && use.bulk > smallBudget && use.between < smallBudget) found.push([lane, use])
    }
    return found.sort(([, a], [, b]) => a.between - b.between || a.cost - b.cost)
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
   * @param sender of whom all that waits comes first
   * @throws ServiceError `overloaded` when something waits and a submission of `cost` would be refused for it
   */
  checkWaiting(cost: number, most = cost, sender?: object): void {
    if (this.#queue.length > 0) this.#admission.checkWaiting(this.predictedWait(cost, sender), cost, most)
  }

  /** What cannot be divided is always admitted when nothing waits: it may be as large as the service allows. */
  #admit(requests: readonly Request[], divisible: boolean, sender: object | undefined): void {
    const cost = requests.reduce((sum, request) => sum + this.#options.costOf(request), 0)
    this.checkWaiting(cost, cost, sender)
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
    const wholes = requests.map(this.#options.wholeOf)
    const tries = new Map<object, Tries<Item<Request, Result>>>()
    for (const whole of wholes) tries.set(whole, { lost: 0, items: [] })
    const items = requests.map((request, i): Item<Request, Result> => {
      const item: Item<Request, Result> = {
        request,
        group,
        cost: this.#options.costOf(request),
        tries: tries.get(wholes[i]) as Tries<Item<Request, Result>>,
        lostBefore: 0,
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
    for (const item of items) {
      item.tries.items.push(item)
      this.#queue.push(item)
    }
    return items
  }

  async #dispatch(
    lane: Lane<Request, Result>,
    items: readonly Item<Request, Result>[],
    isBetween: boolean
  ): Promise<void> {
    const cost = items.reduce((sum, item) => sum + item.cost, 0)
    const start = performance.now()
    // A lane that takes longer hangs. Its requests were answered when their own deadline passed, at the latest now.
    const watchdog = setTimeout(() => lane.kill(), this.#options.deadline)
    const use = this.#uses.get(lane) ?? {
      calls: 0,
      cost: 0,
      bulk: 0,
      between: 0,
      alone: false,
      since: start
    }
    this.#uses.set(lane, use)
    const between = isBetween ? cost : 0
    if (!isBetween) use.bulk = largestGroup(items)
    use.calls++
    use.cost += cost
    use.between += between
    use.alone = items[0].alone
    for (const item of items) {
      item.waited = start - item.admitted
      item.lostBefore = item.tries.lost
    }
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
      if (!isBetween) use.bulk = 0
      use.calls--
      use.cost -= cost
      use.between -= between
      if (use.calls === 0) this.#uses.delete(lane)
      this.pump()
      this.#checkDrained()
    }
  }

  /** After a lost lane: every request once more, each alone; one that has been alone is given up. */
  #retry(items: readonly Item<Request, Result>[]): void {
    for (const item of items) {
      item.alone = true
      item.tries.lost = Math.max(item.tries.lost, item.lostBefore + 1)
      if (item.tries.lost >= ATTEMPTS) this.#giveUp(item.tries.items)
    }
    this.#putBack(items)
  }

  /** All shares of one thing, also those that wait or run. */
  #giveUp(items: readonly Item<Request, Result>[]): void {
    for (const item of items) item.settle({ error: new ServiceError('worker_crashed') })
    this.#queue.remove(items[0].group, new Set(items))
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
    this.#drop(items, group)
  }

  #deadlineError(): ServiceError {
    return new ServiceError('deadline_exceeded', { detail: `The deadline is ${this.#options.deadline} ms.` })
  }

  /** Takes what still waits of a submission out of the queue. */
  #drop(items: readonly Item<Request, Result>[], group: object): void {
    this.#queue.remove(group, new Set(items))
    this.#checkDrained()
  }

  #checkDrained(): void {
    if (this.#uses.size === 0 && this.#queue.length === 0) this.#onDrained?.()
  }
}

/** Of the costs of items by group, the highest. */
function largestGroup(items: readonly Queued[]): number {
  const costs = new Map<object, number>()
  for (const { group, cost } of items) costs.set(group, (costs.get(group) ?? 0) + cost)
  return Math.max(...costs.values())
}
