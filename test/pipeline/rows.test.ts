import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeRows } from '../../src/pipeline/rows.ts'
import type { Sentences } from '../../src/pipeline/sentences.ts'
import { repeatable } from '../helpers/arbitrary-text.ts'

/** Sentences of the given numbers of tokens. */
function sentencesOf(lengths: readonly number[]): Sentences {
  const bounds = [0]
  for (const length of lengths) bounds.push(bounds[bounds.length - 1] + length)
  return { count: lengths.length, bounds: Int32Array.from(bounds), cut: [] }
}

describe('the rows of a text', () => {
  test.each([
    ['one sentence is one row', [5], 8, [[0, 1, 5]]],
    ['sentences that fit are joined, and separators count', [3, 4], 8, [[0, 2, 8]]],
    [
      'a separator too many begins a new row',
      [3, 4],
      7,
      [
        [0, 1, 3],
        [1, 2, 4]
      ]
    ],
    ['three sentences have two separators', [3, 4, 5], 14, [[0, 3, 14]]],
    [
      'a row is filled before the next begins',
      [2, 2, 2, 2],
      5,
      [
        [0, 2, 5],
        [2, 4, 5]
      ]
    ],
    [
      'a sentence over the limit is alone',
      [2, 20, 2, 2],
      10,
      [
        [0, 1, 2],
        [1, 2, 20],
        [2, 4, 5]
      ]
    ],
    [
      'a sentence of exactly the limit is alone',
      [10, 1],
      10,
      [
        [0, 1, 10],
        [1, 2, 1]
      ]
    ],
    [
      'a limit of 0 is one sentence a row',
      [1, 1, 3],
      0,
      [
        [0, 1, 1],
        [1, 2, 1],
        [2, 3, 3]
      ]
    ],
    ['no sentence is no row', [], 8, []]
  ])('%s', (_what, lengths, limit, expected) => {
    const rows = makeRows(3, sentencesOf(lengths), limit)
    expect(rows.map(({ first, last, length }) => [first, last, length])).toEqual(expected)
    expect(rows.every(({ text }) => text === 3)).toBe(true)
  })
})

describe('for any sentences and limit', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 })
  const limits = fc.integer({ min: 0, max: 60 })

  test('rows cover the sentences in order, within the limit, and none could have taken more', () => {
    fc.assert(
      fc.property(lengths, limits, (tokens, limit) => {
        const rows = makeRows(0, sentencesOf(tokens), limit)
        let next = 0
        for (const { first, last, length } of rows) {
          expect(first).toBe(next)
          expect(last).toBeGreaterThan(first)
          const own = tokens.slice(first, last)
          const sum = own.reduce((total, count) => total + count, 0)
          expect(length).toBe(sum + own.length - 1)
          if (own.length > 1) expect(length).toBeLessThanOrEqual(limit)
          if (last < tokens.length) expect(length + 1 + tokens[last]).toBeGreaterThan(limit)
          next = last
        }
        expect(next).toBe(tokens.length)
      }),
      repeatable
    )
  })

  test('rows do not depend on the place of the text among others', () => {
    fc.assert(
      fc.property(lengths, limits, fc.nat(1000), (tokens, limit, place) => {
        const sentences = sentencesOf(tokens)
        const moved = makeRows(place, sentences, limit).map(row => ({ ...row, text: 0 }))
        expect(moved).toEqual(makeRows(0, sentences, limit))
      }),
      repeatable
    )
  })
})
