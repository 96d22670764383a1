import { ServiceError } from '../errors.ts'
import { DrainRate } from './drain-rate.ts'

export interface AdmissionOptions {
  /** lanes that work at all, at least one */
  readonly laneCount: () => number
  /** cost a lane works off in a millisecond, until it was measured */
  readonly initialRate: number
  /** longest time from admission to answer, in milliseconds */
  readonly deadline: number
  /** longest predicted wait of what does not take longer itself, in milliseconds */
  readonly maxWait: number
}

/** Share of the deadline that a prediction may use: predictions err. */
const DEADLINE_SHARE = 0.8

/** Decides in predicted milliseconds, from the rate at which lanes were measured to work, what is taken on. */
export class Admission {
  readonly #options: AdmissionOptions
  readonly #rate: DrainRate

  constructor(options: AdmissionOptions) {
    this.#options = options
    this.#rate = new DrainRate(options.initialRate)
  }

  /** Learns from a dispatch of `cost` that took a lane so long. */
  record(cost: number, milliseconds: number): void {
    this.#rate.record(cost, milliseconds)
  }

  /** Predicted time for all lanes to work off `cost`. */
  milliseconds(cost: number): number {
    return cost / (this.#rate.perMillisecond * this.#options.laneCount())
  }

  /**
   * Refuses what could not be done before its deadline though nothing waits: a batch can be sent in parts.
   * @throws ServiceError `overloaded`
   */
  checkIdle(wait: number, cost: number): void {
    const { deadline } = this.#options
    const done = wait + this.milliseconds(cost)
    if (done <= deadline * DEADLINE_SHARE) return
    throw new ServiceError('overloaded', {
      detail: `The request would take ${Math.round(done)} ms; the deadline is ${deadline} ms. Send fewer documents at once.`,
      retryAfter: 1
    })
  }

  /**
   * Refuses what would wait too long, or could not be done before its deadline. What takes long itself may wait as long
   * as that: a batch of five seconds is not too late after six.
   * @param most what it costs at most, where `cost` is not known but a lower bound
   * @throws ServiceError `overloaded` with the time after which it would be admitted
   */
  checkWaiting(wait: number, cost: number, most = cost): void {
    const { deadline, maxWait } = this.#options
    const longest = Math.max(maxWait, this.milliseconds(most))
    const excess = Math.max(wait - longest, wait + this.milliseconds(cost) - deadline * DEADLINE_SHARE)
    if (excess <= 0) return
    throw new ServiceError('overloaded', {
      detail: `The predicted wait is ${Math.round(wait)} ms; the limit is ${Math.round(longest)} ms, and ${deadline} ms to the answer.`,
      retryAfter: Math.max(1, Math.ceil(excess / 1000))
    })
  }
}
