/** Weight of the newest measurement. */
const NEWEST = 0.1

/** How much cost one lane works off in a millisecond, as an exponential moving average of what was measured. */
export class DrainRate {
  #perMillisecond: number

  /** @param initial used until something was measured */
  constructor(initial: number) {
    this.#perMillisecond = initial
  }

  get perMillisecond(): number {
    return this.#perMillisecond
  }

  record(cost: number, milliseconds: number): void {
    if (cost <= 0 || milliseconds <= 0) return
    this.#perMillisecond += NEWEST * (cost / milliseconds - this.#perMillisecond)
  }
}
