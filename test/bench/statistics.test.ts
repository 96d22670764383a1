import { describe, expect, test } from 'vitest'
import { pairwiseSlopes, quantile, ratios, summarize } from '../../bench/statistics.ts'
import { seeded } from '../helpers/random.ts'

test.each([
  [[7], 0.99, 7],
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[10, 9, 8, 100], 0.5, 9.5],
  [[0, 10], 0.25, 2.5],
  [[1, 2, 3, 4, 5], 0, 1],
  [[1, 2, 3, 4, 5], 1, 5]
])('quantile of %j at %d is %d', (samples, at, expected) => {
  expect(quantile(samples, at)).toBe(expected)
})

test('quantiles are those that sorting finds, and leave the samples as they are', () => {
  const random = seeded(1)
  const samples = Array.from({ length: 1001 }, () => random.around(5))
  const kept = [...samples]
  const sorted = samples.toSorted((a, b) => a - b)
  expect(quantile(samples, 0.99)).toBe(sorted[990])
  expect(summarize(samples)).toEqual({ median: sorted[500], quartiles: [sorted[250], sorted[750]] })
  expect(samples).toEqual(kept)
})

test('there is no quantile of nothing', () => {
  expect(() => summarize([])).toThrow('nothing')
})

test('ratios are those of pairs', () => {
  expect(ratios([1, 6], [2, 3])).toEqual([0.5, 2])
  expect(() => ratios([1], [1, 2])).toThrow('pairs')
})

describe('the trend', () => {
  const trend = (ys: readonly number[]): number =>
    summarize(
      pairwiseSlopes(
        ys.map((_, i) => i * 2),
        ys
      )
    ).median

  test('is the slope of a line', () => {
    expect(trend([1, 4, 7, 10])).toBe(1.5)
    expect(trend([5, 5, 5])).toBe(0)
  })

  test('is not moved by an outlier', () => {
    expect(trend([0, 1, 2, 300, 4, 5, 6])).toBe(0.5)
  })
})
