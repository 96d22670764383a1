/** How much of what was measured before still counts after the next measurement. */
const KEPT = 0.9

/**
 * How much cost one lane works off in a millisecond: cost over time, both exponentially decaying sums, so that many
 * small dispatches do not hide how fast a large one goes.
 */
export class DrainRate {
  #cost: number
  #milliseconds: number

  /** @param initial used until something was measured; it counts as one millisecond of work */
  constructor(initial: number) {
    this.#cost = initial
    this.#milliseconds = 1
  }

  get perMillisecond(): number {
    return this.#cost / this.#milliseconds
  }

  record(cost: number, milliseconds: number): void {
    if (cost <= 0 || milliseconds <= 0) return
    this.#cost = this.#cost * KEPT + cost
    this.#milliseconds = this.#milliseconds * KEPT + milliseconds
  }
}
