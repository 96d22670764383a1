import { describe, expect, test } from 'vitest'
import { FairQueue } from '../../src/batching/queue.ts'
import { seeded } from '../helpers/random.ts'

interface Item {
  readonly name: string
  readonly cost: number
  readonly group: object
  alone: boolean
}

const one = { name: 'one' }
const two = { name: 'two' }
const three = { name: 'three' }
const item = (name: string, cost: number, group: object = one, alone = false): Item => ({
  name,
  cost,
  group,
  alone
})
const names = (items: readonly Item[]): string => items.map(({ name }) => name).join('')

function queueOf(...items: readonly Item[]): FairQueue<Item> {
  const queue = new FairQueue<Item>()
  for (const each of items) queue.push(each)
  return queue
}

describe('a queue', () => {
  test('starts empty', () => {
    const queue = queueOf()
    expect([queue.length, queue.cost]).toEqual([0, 0])
    expect(queue.take(100)).toEqual([])
  })

  test('gives the items of a submission in the order they came, and counts what is left', () => {
    const queue = queueOf(item('a', 3), item('b', 4), item('c', 5))
    expect([queue.length, queue.cost]).toEqual([3, 12])
    expect(names(queue.take(7))).toBe('ab')
    expect([queue.length, queue.cost]).toEqual([1, 5])
    expect(names(queue.take(7))).toBe('c')
    expect([queue.length, queue.cost]).toEqual([0, 0])
  })

  test('gives one of each submission in turn, and goes on where it stopped', () => {
    const queue = queueOf(
      item('a', 1),
      item('b', 1),
      item('c', 1),
      item('x', 1, two),
      item('y', 1, two),
      item('p', 1, three)
    )
    expect(names(queue.take(4))).toBe('axpb')
    expect(names(queue.take(9))).toBe('yc')
  })

  test.each([
    ['as many as the budget holds', [2, 2, 2], 4, 'ab'],
    ['not past the budget, though a later one would fit', [2, 5, 1], 4, 'a'],
    ['one whatever it costs', [50, 1], 4, 'a'],
    ['one for no budget', [1, 1], 0, 'a'],
    ['everything that costs nothing', [0, 0, 0], 0, 'abc']
  ])('gives %s', (_what, costs, budget, expected) => {
    const queue = queueOf(...costs.map((cost, i) => item('abc'[i], cost)))
    expect(names(queue.take(budget))).toBe(expected)
  })

  test('gives an item that must be alone alone', () => {
    const queue = queueOf(item('a', 1), item('b', 1, one, true), item('c', 1))
    expect([names(queue.take(9)), names(queue.take(9)), names(queue.take(9))]).toEqual(['a', 'b', 'c'])
  })

  test('takes items back in front of their submissions, in their order, and gives those the next turn', () => {
    const queue = queueOf(item('a', 1), item('b', 2), item('c', 4), item('x', 1, two))
    const taken = queue.take(2)
    expect(names(taken)).toBe('ax')
    queue.unshift(taken)
    expect([queue.length, queue.cost]).toEqual([4, 8])
    expect(names(queue.take(100))).toBe('axbc')
    queue.unshift([item('p', 8, three)])
    expect(names(queue.take(100))).toBe('p')
  })

  test('drops a submission', () => {
    const queue = queueOf(item('a', 1), item('b', 2), item('x', 4, two))
    queue.take(1)
    queue.drop(one)
    expect([queue.length, queue.cost]).toEqual([1, 4])
    queue.drop(three)
    expect(names(queue.take(100))).toBe('x')
  })

  test('knows what comes before a new submission: of each as much, at least its first, at most all', () => {
    const queue = queueOf(item('a', 3), item('b', 3), item('c', 3), item('x', 20, two), item('p', 1, three))
    expect(queue.costAhead(0)).toBe(3 + 20 + 1)
    expect(queue.costAhead(5)).toBe(5 + 20 + 1)
    expect(queue.costAhead(100)).toBe(9 + 20 + 1)
  })

  test('loses, doubles and starves nothing over thousands of operations', () => {
    const random = seeded(21)
    const queue = new FairQueue<Item>()
    const waiting = new Set<Item>()
    const groups = Array.from({ length: 5 }, (_, i) => ({ i }))
    for (let step = 0; step < 20_000; step++) {
      const what = random.below(10)
      if (what < 5) {
        const each = item(`${step}`, random.below(20), groups[random.below(5)], random.below(30) === 0)
        queue.push(each)
        waiting.add(each)
      } else if (what < 9) {
        const budget = random.below(60)
        const taken = queue.take(budget)
        expect(taken.length > 0).toBe(waiting.size > 0)
        for (const each of taken) expect(waiting.delete(each)).toBe(true)
        const cost = taken.reduce((sum, each) => sum + each.cost, 0)
        if (taken.length > 1) expect(cost <= budget && taken.every(({ alone }) => !alone)).toBe(true)
        // Of each submission the oldest: nothing that waits is older than what was taken of it.
        for (const each of taken) {
          for (const other of waiting)
            if (other.group === each.group) expect(Number(other.name) > Number(each.name)).toBe(true)
        }
        if (random.below(4) === 0) {
          queue.unshift(taken)
          for (const each of taken) waiting.add(each)
        }
      } else if (random.below(10) === 0) {
        const group = groups[random.below(5)]
        queue.drop(group)
        for (const each of waiting) if (each.group === group) waiting.delete(each)
      }
      expect(queue.length).toBe(waiting.size)
      expect(queue.cost).toBe([...waiting].reduce((sum, { cost }) => sum + cost, 0))
      const cost = random.below(50)
      expect(queue.costAhead(cost)).toBe(costAhead(waiting, cost))
    }
  })
})

/** Of each submission as much as `cost`, but at least its oldest item, and no more than all. */
function costAhead(waiting: ReadonlySet<Item>, cost: number): number {
  const groups = new Map<object, Item[]>()
  for (const each of waiting) groups.set(each.group, [...(groups.get(each.group) ?? []), each])
  return [...groups.values()].reduce((sum, items) => {
    const [oldest] = items.toSorted((a, b) => Number(a.name) - Number(b.name))
    const all = items.reduce((total, each) => total + each.cost, 0)
    return sum + Math.min(all, Math.max(cost, oldest.cost))
  }, 0)
}

describe('small submissions', () => {
  test('are taken whole, in their turns, past the larger ones', () => {
    const queue = queueOf(item('a', 9, one), item('b', 2, two), item('c', 2, two), item('d', 3, three))
    expect(names(queue.takeSmall(4))).toBe('bc')
    expect([queue.length, queue.cost]).toEqual([2, 12])
    expect(names(queue.takeSmall(4))).toBe('d')
    expect(names(queue.takeSmall(4))).toBe('')
    expect(names(queue.take(100))).toBe('a')
  })

  test('are taken together while they fit', () => {
    const queue = queueOf(item('a', 3, one), item('b', 3, two), item('c', 1, three))
    expect(names(queue.takeSmall(4))).toBe('ac')
    expect(names(queue.take(100))).toBe('b')
  })

  test('are counted by what is left of them', () => {
    const queue = queueOf(item('a', 9), item('b', 2))
    expect(names(queue.take(9))).toBe('a')
    expect(names(queue.takeSmall(2))).toBe('b')
    expect([queue.length, queue.cost]).toEqual([0, 0])
  })

  test('stay when one of theirs must be alone', () => {
    const queue = queueOf(item('a', 1, one, true), item('b', 1, two))
    expect(names(queue.takeSmall(4))).toBe('b')
    expect(names(queue.take(4))).toBe('a')
  })
})
