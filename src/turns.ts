interface Waiting {
  readonly left: number
  begin(): void
}

/**
 * Turns on what does one thing at a time. Of those who wait, who has least left to do comes first, and of equals who
 * has waited longest: the small hardly wait for the large, which are hardly later for it.
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
    await new Promise<void>(begin => this.#waiting.push({ left, begin }))
  }

  /** Ends the turn at hand; the next one begins after the event loop has taken up what came meanwhile. */
  end(): void {
    setImmediate(() => {
      let first = 0
      for (const [i, { left }] of this.#waiting.entries()) {
        if (left < this.#waiting[first].left) first = i
      }
      const [next] = this.#waiting.splice(first, 1)
      if (next) next.begin()
      else this.#taken = false
    })
  }
}
