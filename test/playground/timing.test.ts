import { expect, test } from 'vitest'
import { formatMilliseconds, parseServerTiming } from '../../src/playground/timing.ts'

test('the stages are read in the order of the header', () => {
  expect(
    parseServerTiming(
      'queue;dur=0.1, inference;desc="the network";dur=12.34,cache, x;dur="3", y;dur=z, z;dur='
    )
  ).toEqual([
    { name: 'queue', milliseconds: 0.1 },
    { name: 'inference', milliseconds: 12.34 },
    { name: 'x', milliseconds: 3 }
  ])
  expect(parseServerTiming(null)).toEqual([])
  expect(parseServerTiming('')).toEqual([])
})

test.each([
  [0, '0.0 ms'],
  [7.86, '7.9 ms'],
  [12.34, '12 ms'],
  [24_322, '24,322 ms']
])('%d milliseconds', (milliseconds, text) => {
  expect(formatMilliseconds(milliseconds)).toBe(text)
})
