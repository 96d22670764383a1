import { describe, expect, test } from 'vitest'
import { Lattice } from '../../src/decoding/lattice.ts'
import { MarginalDecoder } from '../../src/decoding/marginals.ts'
import { iob2, type TagScheme } from '../../src/decoding/tag-scheme.ts'
import type { CrfScores } from '../../src/model/crf-scores.ts'
import {
  EnumeratedCrf,
  flatten,
  logPartition,
  randomCrf,
  randomEmissions,
  tagNames
} from '../helpers/crf-enumeration.ts'
import { seeded } from '../helpers/random.ts'

type Matrix = readonly (readonly number[])[]

const TOLERANCE = 1e-9

/** Every marginal and every possible entity has the probability of enumeration. */
function expectProbabilities(
  decoder: MarginalDecoder,
  truth: EnumeratedCrf,
  labels: number,
  tokens: number
): void {
  const differences: number[] = []
  const compare = (value: number, expected: number): void => {
    differences.push(Math.abs(value - expected))
  }
  for (let token = 0; token < tokens; token++) {
    let sum = 0
    truth.names.forEach((name, tag) => {
      sum += decoder.marginal(token, tag)
      compare(
        decoder.marginal(token, tag),
        truth.probability(tags => tags[token] === name)
      )
    })
    compare(sum, 1)
    for (let last = token + 1; last <= tokens; last++) {
      for (let label = 0; label < labels; label++) {
        compare(decoder.entity(token, last, label), truth.entity(token, last, label))
      }
    }
  }
  // Not the largest one: NaN must fail.
  expect(differences.filter(difference => !(difference < TOLERANCE))).toEqual([])
}

/** A decoder over a lattice of its own. */
class Decoder extends MarginalDecoder {
  readonly lattice: Lattice

  constructor(scheme: TagScheme, crf: CrfScores) {
    const lattice = new Lattice(scheme, crf)
    super(lattice)
    this.lattice = lattice
  }
}

function read(decoder: Decoder, emissions: Matrix, offset = 0, first = 0, last = emissions.length): void {
  decoder.lattice.read(flatten(emissions, offset), offset, emissions.length)
  decoder.run(first, last)
}

describe('marginals and entity probabilities are those of enumeration', () => {
  const shapes = [1, 2].flatMap(labels => [1, 2, 3, 4].map(tokens => ({ labels, tokens })))
  const sizes = [
    ['flat emissions', 1, 0.01],
    ['emissions like those of the network', 2, 8],
    ['peaked emissions', 1, 60],
    ['transitions that rule', 40, 1],
    ['large magnitudes', 100, 300]
  ] as const

  // Each width of the kernel's blocks, and padding.
  const wide = [7, 8, 9, 32].map(labels => ({ labels, tokens: 2 }))

  describe.each([...shapes, { labels: 3, tokens: 3 }, ...wide])(
    'over $labels labels and $tokens tokens',
    ({ labels, tokens }) => {
      test.each(sizes)('for %s', (_what, transitionSize, emissionSize) => {
        const random = seeded(2000 * labels + tokens)
        for (let i = 0; i < (labels > 3 ? 2 : 10); i++) {
          const crf = randomCrf(random, labels, transitionSize)
          const emissions = randomEmissions(random, labels, tokens, emissionSize)
          const decoder = new Decoder(iob2(labels), crf)
          read(decoder, emissions)
          expectProbabilities(decoder, new EnumeratedCrf(labels, crf, emissions), labels, tokens)
        }
      })
    }
  )

  test('for one decoder that reads sentences of changing length at changing offsets', () => {
    const random = seeded(8)
    const labels = 2
    const crf = randomCrf(random, labels, 2)
    const decoder = new Decoder(iob2(labels), crf)
    for (let i = 0; i < 60; i++) {
      const tokens = 1 + random.below(4)
      const emissions = randomEmissions(random, labels, tokens, 4)
      read(decoder, emissions, random.below(50))
      expectProbabilities(decoder, new EnumeratedCrf(labels, crf, emissions), labels, tokens)
    }
  })
})

describe('in sentences too long to enumerate', () => {
  const labels = 32
  const scheme = iob2(labels)
  const names = tagNames(labels)

  test('they are those of sums over all sequences, whatever lengths the decoder read before', () => {
    const random = seeded(13)
    const crf = randomCrf(random, labels, 2)
    const decoder = new Decoder(scheme, crf)
    const differences: number[] = []
    for (const tokens of [40, 64, 65, 3, 97]) {
      const emissions = randomEmissions(random, labels, tokens, 6)
      const sumOf = (allowed: (token: number, tag: string) => boolean): number =>
        logPartition(labels, crf, emissions, allowed)
      const all = sumOf(() => true)
      read(decoder, emissions, random.below(100))
      for (let i = 0; i < 4; i++) {
        const at = random.below(tokens)
        const name = names[random.below(names.length)]
        const marginal = Math.exp(sumOf((token, tag) => token !== at || tag === name) - all)
        differences.push(Math.abs(decoder.marginal(at, names.indexOf(name)) - marginal))
        const label = random.below(labels)
        const last = Math.min(tokens, at + 1 + random.below(3))
        const entity = sumOf((token, tag) => {
          if (token < at || token > last) return true
          if (token === last) return tag !== `I-${label}`
          return tag === `${token === at ? 'B' : 'I'}-${label}`
        })
        differences.push(Math.abs(decoder.entity(at, last, label) - Math.exp(entity - all)))
      }
    }
    expect(differences.filter(difference => !(difference < TOLERANCE))).toEqual([])
  })

  test('sums and enumeration agree', () => {
    const random = seeded(14)
    const crf = randomCrf(random, 2, 2)
    const emissions = randomEmissions(random, 2, 4, 4)
    const all = logPartition(2, crf, emissions, () => true)
    const some = logPartition(2, crf, emissions, (token, tag) => token !== 1 || tag === 'B-1')
    const truth = new EnumeratedCrf(2, crf, emissions).probability(tags => tags[1] === 'B-1')
    expect(Math.abs(Math.exp(some - all) - truth)).toBeLessThan(TOLERANCE)
  })
})

describe('bounds of a run', () => {
  test('change no probability of an entity that ends within them, by a bit', () => {
    const random = seeded(15)
    const labels = 5
    const decoder = new Decoder(iob2(labels), randomCrf(random, labels, 2))
    for (let i = 0; i < 100; i++) {
      const tokens = 1 + random.below(12)
      const emissions = randomEmissions(random, labels, tokens, 5)
      const first = random.below(tokens)
      const last = first + 1 + random.below(tokens - first)
      const entities = (): number[] => {
        const found: number[] = []
        for (let end = first + 1; end <= last; end++) {
          for (let begin = 0; begin < end; begin++) {
            for (let label = 0; label < labels; label++) found.push(decoder.entity(begin, end, label))
          }
        }
        return found
      }
      read(decoder, emissions)
      const whole = entities()
      // What an earlier run left must not be what is read.
      read(decoder, randomEmissions(random, labels, 12, 5))
      read(decoder, emissions, 0, first, last)
      expect(entities()).toStrictEqual(whole)
    }
  })
})

describe('probabilities', () => {
  const labels = 2
  const scheme = iob2(labels)

  test('of tags that cannot start a sentence are 0', () => {
    const random = seeded(9)
    const decoder = new Decoder(scheme, randomCrf(random, labels, 1))
    read(decoder, randomEmissions(random, labels, 3, 1))
    expect(decoder.marginal(0, 3)).toBe(0)
    expect(decoder.marginal(0, 4)).toBe(0)
  })

  test('lie in [0, 1] and sum to 1 in a sentence of 512 tokens', () => {
    const random = seeded(10)
    const decoder = new Decoder(scheme, randomCrf(random, labels, 3))
    read(decoder, randomEmissions(random, labels, 512, 20))
    for (let token = 0; token < 512; token++) {
      let sum = 0
      for (let tag = 0; tag < scheme.tags; tag++) {
        const probability = decoder.marginal(token, tag)
        expect(probability).toBeGreaterThanOrEqual(0)
        expect(probability).toBeLessThanOrEqual(1 + TOLERANCE)
        sum += probability
      }
      expect(Math.abs(sum - 1)).toBeLessThan(TOLERANCE)
    }
    for (let first = 0; first < 500; first++) {
      const probability = decoder.entity(first, first + 1 + random.below(12), random.below(labels))
      expect(probability).toBeGreaterThanOrEqual(0)
      expect(probability).toBeLessThanOrEqual(1)
    }
  })

  test('do not depend on a constant added to the emissions of a token', () => {
    const random = seeded(11)
    const crf = randomCrf(random, labels, 2)
    const emissions = randomEmissions(random, labels, 4, 4).map(row =>
      row.map(value => Math.round(value * 8) / 8)
    )
    const decoder = new Decoder(scheme, crf)
    read(decoder, emissions)
    const before = decoder.entity(1, 3, 1)
    read(
      decoder,
      emissions.map((row, token) => row.map(value => value + 1024 * token))
    )
    expect(Math.abs(decoder.entity(1, 3, 1) - before)).toBeLessThan(TOLERANCE)
  })

  // Without a bound the weight of every tag that may start would underflow, and 0 be divided by 0.
  test('are numbers however far a forbidden tag stands above the others', () => {
    const random = seeded(12)
    const decoder = new Decoder(scheme, randomCrf(random, labels, 1))
    read(decoder, [
      [0, 0, 0, 800, 0],
      [0, 0, 0, 0, 0]
    ])
    expect(decoder.marginal(0, 0)).not.toBeNaN()
  })
})
