/** What waits: its cost is in the unit of the budget. */
export interface Costed {
  readonly cost: number
  /** to be dispatched with nothing else, since its last company did not survive */
  alone: boolean
}

/** First in, first out, with a running total of cost. Pure: no timer, no promise. */
export class CostQueue<Item extends Costed> {
  #items: Item[] = []
  /** items before this index are gone */
  #head = 0
  #cost = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  /** Cost of everything that waits. */
  get cost(): number {
    return this.#cost
  }

  push(item: Item): void {
    this.#items.push(item)
    this.#cost += item.cost
  }

  /** Puts items back in front, in their order: they have waited already. */
  unshift(items: readonly Item[]): void {
    this.#items = [...items, ...this.#items.slice(this.#head)]
    this.#head = 0
    for (const item of items) this.#cost += item.cost
  }

  /** Takes the first items whose costs together stay within `budget`; at least one when any waits. */
  take(budget: number): Item[] {
    const taken: Item[] = []
    let cost = 0
    while (this.#head < this.#items.length) {
      const item = this.#items[this.#head]
      if (taken.length > 0 && (item.alone || cost + item.cost > budget)) break
      taken.push(item)
      cost += item.cost
      this.#head++
      if (item.alone) break
    }
    this.#cost -= cost
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return taken
  }

  /** Removes what matches and returns it. */
  remove(matches: (item: Item) => boolean): Item[] {
    const removed: Item[] = []
    const kept: Item[] = []
    for (let i = this.#head; i < this.#items.length; i++) {
      const item = this.#items[i]
      if (matches(item)) {
        removed.push(item)
        this.#cost -= item.cost
      } else kept.push(item)
    }
    this.#items = kept
    this.#head = 0
    return removed
  }
}
