/** What waits: its cost is in the unit of the budget. */
export interface Queued {
  readonly cost: number
  /** the submission it belongs to, or the sender of several */
  readonly group: object
  /** to be dispatched with nothing else, since its last company did not survive */
  alone: boolean
}

interface Group<Item> {
  readonly items: Item[]
  /** items before this index are gone */
  next: number
  cost: number
}

/**
 * What waits, by group: first in, first out within one, and in turns between them, so that a submission of one does not
 * wait for all of a submission of a thousand. Pure: no timer, no promise.
 */
export class FairQueue<Item extends Queued> {
  /** in the order of their turns */
  readonly #groups = new Map<object, Group<Item>>()
  /** those that have more than one item left: usually few, where all may be thousands */
  readonly #several = new Set<Group<Item>>()
  #length = 0
  #cost = 0

  get length(): number {
    return this.#length
  }

  /** Cost of everything that waits. */
  get cost(): number {
    return this.#cost
  }

  /** Whether `take` would take an item that must be alone. */
  get nextIsAlone(): boolean {
    for (const { items, next } of this.#groups.values()) return items[next].alone
    return false
  }

  /**
   * What would be dispatched before a new submission of `cost` is through: all of its own group, and of each other one
   * as much, but at least what is first in it, and no more than it has.
   */
  costAhead(cost: number, own?: object): number {
    const mine = own && this.#groups.get(own)
    const before = mine?.cost ?? 0
    let ahead = this.#cost
    for (const group of this.#several) {
      if (group === mine) continue
      const { items, next, cost: all } = group
      ahead -= all - Math.min(all, Math.max(before + cost, items[next].cost))
    }
    return ahead
  }

  push(item: Item): void {
    const group = this.#groups.get(item.group) ?? { items: [], next: 0, cost: 0 }
    this.#groups.set(item.group, group)
    group.items.push(item)
    this.#add(group, item)
  }

  /** Puts items back in front of their submissions, and those first in turn: they have waited already. */
  unshift(items: readonly Item[]): void {
    const later = new Map(this.#groups)
    this.#groups.clear()
    for (const { group: key } of items) {
      if (this.#groups.has(key)) continue
      this.#groups.set(key, later.get(key) ?? { items: [], next: 0, cost: 0 })
      later.delete(key)
    }
    for (const item of items.toReversed()) {
      const group = this.#groups.get(item.group) as Group<Item>
      if (group.next > 0) group.items[--group.next] = item
      else group.items.unshift(item)
      this.#add(group, item)
    }
    for (const [key, group] of later) this.#groups.set(key, group)
  }

  /**
   * Takes one item of each submission in turn while their costs together stay within `budget`; at least one when any
   * waits. An item that must be alone is taken alone.
   */
  take(budget: number): Item[] {
    const taken: Item[] = []
    let cost = 0
    for (const [key, group] of this.#groups) {
      const item = group.items[group.next]
      if (taken.length > 0 && (item.alone || cost + item.cost > budget)) break
      group.next++
      taken.push(item)
      cost += item.cost
      this.#remove(group, item)
      // To the end of the turns; this iteration will come to it again.
      this.#groups.delete(key)
      if (group.next < group.items.length) this.#groups.set(key, group)
      if (item.alone) break
    }
    return taken
  }

  /**
   * Takes whole submissions of at most `budget` together, in their turns, leaving larger ones and items that must be
   * alone where they are.
   */
  takeSmall(budget: number): Item[] {
    const taken: Item[] = []
    let left = budget
    for (const [key, group] of this.#groups) {
      if (left <= 0) break
      if (group.cost > left) continue
      const items = group.items.slice(group.next)
      if (items.some(({ alone }) => alone)) continue
      left -= group.cost
      taken.push(...items)
      this.drop(key)
    }
    return taken
  }

  /** Removes some items of a group. */
  remove(key: object, gone: ReadonlySet<Item>): void {
    const group = this.#groups.get(key)
    if (!group) return
    const left = group.items.slice(group.next).filter(item => !gone.has(item))
    if (left.length === 0) {
      this.drop(key)
      return
    }
    const cost = left.reduce((sum, item) => sum + item.cost, 0)
    this.#length -= group.items.length - group.next - left.length
    this.#cost -= group.cost - cost
    this.#several.delete(group)
    const rest = { items: left, next: 0, cost }
    if (left.length > 1) this.#several.add(rest)
    // In its place among the turns.
    this.#groups.set(key, rest)
  }

  /** Removes a group. */
  drop(key: object): void {
    const group = this.#groups.get(key)
    if (!group) return
    this.#groups.delete(key)
    this.#several.delete(group)
    this.#length -= group.items.length - group.next
    this.#cost -= group.cost
  }

  #add(group: Group<Item>, item: Item): void {
    group.cost += item.cost
    this.#cost += item.cost
    this.#length++
    if (group.items.length - group.next > 1) this.#several.add(group)
  }

  #remove(group: Group<Item>, item: Item): void {
    group.cost -= item.cost
    this.#cost -= item.cost
    this.#length--
    if (group.items.length - group.next <= 1) this.#several.delete(group)
  }
}
