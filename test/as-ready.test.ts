import { expect, test } from 'vitest'
import { asReady } from '../src/as-ready.ts'

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i
}

test('gives every result once, whatever the order in which they are ready', async () => {
  const results: number[] = []
  const run = async (item: number): Promise<number> => {
    for (let i = 0; i < (item * 7) % 5; i++) await new Promise(setImmediate)
    return item
  }
  for await (const result of asReady(numbers(100), () => 1, run, { count: 8, size: 100 }))
    results.push(result)
  expect(results).not.toEqual(results.toSorted((a, b) => a - b))
  expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
})

test.each([
  ['items', { count: 3, size: 1000 }, 3],
  ['their sizes', { count: 100, size: 45 }, 4],
  ['their sizes, but one item', { count: 100, size: 5 }, 1]
])('runs no more than a window of %s before results are taken', async (_what, window, expected) => {
  let started = 0
  const run = async (item: number): Promise<number> => {
    started++
    return item
  }
  const results = asReady(numbers(20), () => 10, run, window)
  for (let taken = 1; taken < 10; taken++) {
    await results.next()
    for (let i = 0; i < 20; i++) await new Promise(setImmediate)
    // The last one that was given is not yet known to have been taken.
    expect(started).toBe(taken - 1 + expected)
  }
  await results.return(undefined)
})

test('ends with the error of what it reads, or of what it runs', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1
    throw new Error('read')
  }
  const collect = async (results: AsyncIterable<number>): Promise<void> => {
    for await (const _result of results);
  }
  const window = { count: 2, size: 2 }
  await expect(
    collect(
      asReady(
        broken(),
        () => 1,
        async item => item,
        window
      )
    )
  ).rejects.toThrow('read')
  const run = () => Promise.reject(new Error('run'))
  await expect(collect(asReady(numbers(3), () => 1, run, window))).rejects.toThrow('run')
})
