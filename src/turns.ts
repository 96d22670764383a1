interface Waiting {
  readonly left: number
  /** turns that went to others meanwhile */
  passed: number
  begin(): void
}

/** Turns that may go to others: where the small never end, the large still get one of five. */
const MOST_PASSED = 4

/**
 * Turns on what does one thing at a time. Of those who wait, who has least left to do comes first, and of equals who
 * has waited longest: the small hardly wait for the large, which are hardly later for it. But nobody is passed over for
 * long.
 */
export class Turns {
  readonly #waiting: Waiting[] = []
  #taken = false

  /**
   * Resolves when it is the caller's turn, which lasts until `end`.
   * @param left what the caller has left to do, this turn included
   */
  async begin(left: number): Promise<void> {
    if (!this.#taken) {
      this.#taken = true
      return
    }
    await new Promise<void>(begin => this.#waiting.push({ left, passed: 0, begin }))
  }

  /** Ends the turn at hand; the next one begins after the event loop has taken up what came meanwhile. */
  end(): void {
    setImmediate(() => {
      let first = 0
      for (const [i, one] of this.#waiting.entries()) {
        if (comesBefore(one, this.#waiting[first])) first = i
      }
      const [next] = this.#waiting.splice(first, 1)
      for (const one of this.#waiting) one.passed++
      if (next) next.begin()
      else this.#taken = false
    })
  }
}

function comesBefore(one: Waiting, other: Waiting): boolean {
  if (one.passed >= MOST_PASSED || other.passed >= MOST_PASSED) return one.passed > other.passed
  return one.left < other.left
}
