import type { HttpAnswer } from './http.ts'

/** What became of some requests. */
export interface TallyFacts {
  readonly sent: number
  /** how many were answered with each status */
  readonly statuses: Readonly<Record<number, number>>
  /** whose connection ended without an answer */
  readonly lost: number
  /** of 200, that were not the answer to their text */
  readonly wrong: number
  /** of 503, that did not say when to come back */
  readonly withoutRetryAfter: number
  /** milliseconds from the moment a request was due to its answer with 200 */
  readonly accepted: readonly number[]
  /** how many of them came before the end of the phase: what still waited then is no throughput */
  readonly acceptedMeanwhile: number
  /** the same to 503 */
  readonly refused: readonly number[]
}

/** Counts what becomes of requests, and how long it takes. */
export class Tally {
  readonly #end: number
  sent = 0
  readonly #statuses: Record<number, number> = {}
  readonly #accepted: number[] = []
  readonly #refused: number[] = []
  #acceptedMeanwhile = 0
  #lost = 0
  #wrong = 0
  #withoutRetryAfter = 0

  /** @param end on the clock of `now` */
  constructor(end: number) {
    this.#end = end
  }

  /** @param at, due on the clock of `now` */
  answered({ status, retryAfter }: HttpAnswer, at: number, due: number, isExpected: boolean): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1
    if (status === 200) {
      this.#accepted.push(at - due)
      if (at < this.#end) this.#acceptedMeanwhile++
      if (!isExpected) this.#wrong++
    }
    if (status === 503) {
      this.#refused.push(at - due)
      if (retryAfter === undefined || retryAfter < 1) this.#withoutRetryAfter++
    }
  }

  lost(): void {
    this.#lost++
  }

  get facts(): TallyFacts {
    return {
      sent: this.sent,
      statuses: this.#statuses,
      lost: this.#lost,
      wrong: this.#wrong,
      withoutRetryAfter: this.#withoutRetryAfter,
      accepted: this.#accepted,
      acceptedMeanwhile: this.#acceptedMeanwhile,
      refused: this.#refused
    }
  }
}
