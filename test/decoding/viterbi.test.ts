import { describe, expect, test } from 'vitest'
import { Lattice } from '../../src/decoding/lattice.ts'
import { iob2 } from '../../src/decoding/tag-scheme.ts'
import { ViterbiDecoder } from '../../src/decoding/viterbi.ts'
import type { CrfScores } from '../../src/model/crf-scores.ts'
import {
  EnumeratedCrf,
  flatten,
  isLegal,
  randomCrf,
  randomEmissions,
  scoreOf,
  tagNames
} from '../helpers/crf-enumeration.ts'
import { seeded } from '../helpers/random.ts'

type Matrix = readonly (readonly number[])[]

/** A decoder with a lattice of its own. */
function setUp(labels: number, crf: CrfScores): { lattice: Lattice; viterbi: ViterbiDecoder } {
  const lattice = new Lattice(iob2(labels), crf)
  return { lattice, viterbi: new ViterbiDecoder(lattice) }
}

function decode({ lattice, viterbi }: ReturnType<typeof setUp>, emissions: Matrix, offset = 0): number[] {
  const path = new Uint8Array(emissions.length)
  lattice.read(flatten(emissions, offset), offset, emissions.length)
  viterbi.decode(path, 0)
  return Array.from(path)
}

/** The path is legal and has the best score there is; where one path is best, it is that one. */
function expectBest(labels: number, crf: CrfScores, emissions: Matrix, path: readonly number[]): void {
  const [best, second] = new EnumeratedCrf(labels, crf, emissions).ranked()
  const tolerance = 1e-9 * Math.max(1, Math.abs(best.score))
  expect(isLegal(path.map(tag => tagNames(labels)[tag]))).toBe(true)
  expect(Math.abs(scoreOf(crf, emissions, path) - best.score)).toBeLessThanOrEqual(tolerance)
  if (!second || best.score - second.score > tolerance) expect(path).toEqual(best.sequence)
}

describe('the best path is that of enumeration', () => {
  const shapes = [1, 2, 3].flatMap(labels => [1, 2, 3, 4].map(tokens => ({ labels, tokens })))
  const sizes = [
    ['flat emissions', 1, 0.01],
    ['emissions like those of the network', 2, 8],
    ['peaked emissions', 1, 60],
    ['transitions that rule', 40, 1],
    ['large magnitudes', 1000, 10_000]
  ] as const

  const wide = [7, 8, 32].map(labels => ({ labels, tokens: 2 }))

  describe.each([...shapes, ...wide])('over $labels labels and $tokens tokens', ({ labels, tokens }) => {
    test.each(sizes)('for %s', (_what, transitionSize, emissionSize) => {
      const random = seeded(1000 * labels + tokens)
      for (let i = 0; i < 20; i++) {
        const crf = randomCrf(random, labels, transitionSize)
        const decoder = setUp(labels, crf)
        const emissions = randomEmissions(random, labels, tokens, emissionSize)
        expectBest(labels, crf, emissions, decode(decoder, emissions))
      }
    })
  })

  test('for one decoder that reads sentences of changing length at changing offsets', () => {
    const random = seeded(3)
    const labels = 2
    const crf = randomCrf(random, labels, 3)
    const decoder = setUp(labels, crf)
    for (let i = 0; i < 200; i++) {
      const emissions = randomEmissions(random, labels, 1 + random.below(4), 5)
      expectBest(labels, crf, emissions, decode(decoder, emissions, random.below(50)))
    }
  })

  test('where one tag of each token stands out, legal or not', () => {
    const random = seeded(4)
    const labels = 2
    for (let i = 0; i < 200; i++) {
      const crf = randomCrf(random, labels, 2)
      const emissions = randomEmissions(random, labels, 4, 1)
      for (const row of emissions) row[random.below(row.length)] = 30
      expectBest(labels, crf, emissions, decode(setUp(labels, crf), emissions))
    }
  })
})

describe('the best path', () => {
  const labels = 2
  const names = tagNames(labels)
  const zeros: CrfScores = {
    start: names.map(() => 0),
    end: names.map(() => 0),
    transitions: names.map(() => names.map(() => 0))
  }
  const flat = (tokens: number): number[][] => Array.from({ length: tokens }, () => names.map(() => 0))

  test('goes to the lower tag where scores are equal', () => {
    expect(decode(setUp(labels, zeros), flat(4))).toEqual([0, 0, 0, 0])
  })

  test('never holds a forbidden transition, whatever the scores', () => {
    const tempting: CrfScores = {
      start: names.map(name => (name.startsWith('I-') ? 1e6 : -1e6)),
      end: names.map(() => 0),
      transitions: names.map(from => names.map(to => (isLegal(['B-0', from, to]) ? -1e6 : 1e6)))
    }
    const random = seeded(5)
    for (let i = 0; i < 100; i++) {
      const emissions = randomEmissions(random, labels, 4, 1e5)
      for (const row of emissions) for (const tag of [3, 4]) row[tag] += 1e6
      const path = decode(setUp(labels, tempting), emissions)
      expect(isLegal(path.map(tag => names[tag]))).toBe(true)
    }
  })

  test('is written where the caller wants it, and nowhere else', () => {
    const path = new Uint8Array(6).fill(77)
    const emissions = flat(3)
    emissions[0][1] = 1
    emissions[1][3] = 1
    emissions[2][2] = 1
    const { lattice, viterbi } = setUp(labels, zeros)
    lattice.read(flatten(emissions), 0, 3)
    viterbi.decode(path, 2)
    expect(Array.from(path)).toEqual([77, 77, 1, 3, 2, 77])
  })

  test('of the first tokens does not change with what lies behind the sentence', () => {
    const random = seeded(6)
    const crf = randomCrf(random, labels, 2)
    const decoder = setUp(labels, crf)
    const emissions = randomEmissions(random, labels, 3, 4)
    const padded = [...emissions, names.map(() => Number.NaN)]
    const path = new Uint8Array(3)
    decoder.lattice.read(flatten(padded), 0, 3)
    decoder.viterbi.decode(path, 0)
    expect(Array.from(path)).toEqual(decode(decoder, emissions))
  })
})
