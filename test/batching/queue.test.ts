import { describe, expect, test } from 'vitest'
import { CostQueue } from '../../src/batching/queue.ts'
import { seeded } from '../helpers/random.ts'

interface Item {
  readonly name: string
  readonly cost: number
  alone: boolean
}

const item = (name: string, cost: number, alone = false): Item => ({ name, cost, alone })
const names = (items: readonly Item[]): string => items.map(({ name }) => name).join('')

function queueOf(...items: readonly Item[]): CostQueue<Item> {
  const queue = new CostQueue<Item>()
  for (const one of items) queue.push(one)
  return queue
}

describe('a queue', () => {
  test('starts empty', () => {
    const queue = queueOf()
    expect([queue.length, queue.cost]).toEqual([0, 0])
    expect(queue.take(100)).toEqual([])
  })

  test('gives items in the order they came, and counts what is left', () => {
    const queue = queueOf(item('a', 3), item('b', 4), item('c', 5))
    expect([queue.length, queue.cost]).toEqual([3, 12])
    expect(names(queue.take(7))).toBe('ab')
    expect([queue.length, queue.cost]).toEqual([1, 5])
    expect(names(queue.take(7))).toBe('c')
    expect([queue.length, queue.cost]).toEqual([0, 0])
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
    const queue = queueOf(item('a', 1), item('b', 1, true), item('c', 1))
    expect([names(queue.take(9)), names(queue.take(9)), names(queue.take(9))]).toEqual(['a', 'b', 'c'])
  })

  test('takes items back in front, in their order', () => {
    const queue = queueOf(item('a', 1), item('b', 2), item('c', 4))
    queue.unshift(queue.take(3))
    expect([queue.length, queue.cost]).toEqual([3, 7])
    queue.unshift([item('x', 8)])
    expect(names(queue.take(100))).toBe('xabc')
  })

  test('lets go of what matches', () => {
    const queue = queueOf(item('a', 1), item('b', 2), item('c', 4), item('b', 8))
    queue.take(1)
    expect(names(queue.remove(({ name }) => name === 'b'))).toBe('bb')
    expect([queue.length, queue.cost]).toEqual([1, 4])
    expect(queue.remove(({ name }) => name === 'a')).toEqual([])
    expect(names(queue.take(100))).toBe('c')
  })

  test('agrees with a plain list over thousands of operations', () => {
    const random = seeded(21)
    const queue = new CostQueue<Item>()
    let list: Item[] = []
    let next = 0
    for (let step = 0; step < 20_000; step++) {
      const what = random.below(10)
      if (what < 6) {
        const one = item(`${next++},`, random.below(20), random.below(30) === 0)
        queue.push(one)
        list.push(one)
      } else if (what < 8) {
        const budget = random.below(60)
        const taken = queue.take(budget)
        expect(taken).toEqual(list.slice(0, taken.length))
        expect(taken.length > 0).toBe(list.length > 0)
        list = list.slice(taken.length)
        if (random.below(4) === 0) {
          queue.unshift(taken)
          list = [...taken, ...list]
        }
      } else if (random.below(20) === 0) {
        const removed = (one: Item): boolean => one.cost === 7
        expect(queue.remove(removed)).toEqual(list.filter(removed))
        list = list.filter(one => !removed(one))
      }
      expect(queue.length).toBe(list.length)
      expect(queue.cost).toBe(list.reduce((sum, { cost }) => sum + cost, 0))
    }
    expect(next).toBeGreaterThan(10_000)
  })
})
