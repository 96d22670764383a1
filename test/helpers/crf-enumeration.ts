import type { CrfScores } from '../../src/model/crf-scores.ts'
import type { Random } from './random.ts'

/**
 * A linear-chain CRF under IOB2 by enumeration of every legal sequence: the truth that decoders are held against.
 * Shares no code with them; tags are told apart by name.
 */
export class EnumeratedCrf {
  readonly names: readonly string[]
  readonly sequences: readonly (readonly number[])[]
  readonly scores: readonly number[]
  readonly #probabilities: readonly number[]

  constructor(labels: number, crf: CrfScores, emissions: readonly (readonly number[])[]) {
    this.names = tagNames(labels)
    this.sequences = legalSequences(this.names, emissions.length)
    this.scores = this.sequences.map(sequence => scoreOf(crf, emissions, sequence))
    const highest = Math.max(...this.scores)
    const weights = this.scores.map(score => Math.exp(score - highest))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    this.#probabilities = weights.map(weight => weight / total)
  }

  /** Best sequences, the best first. */
  ranked(): { sequence: readonly number[]; score: number }[] {
    return this.sequences
      .map((sequence, i) => ({ sequence, score: this.scores[i] }))
      .sort((a, b) => b.score - a.score)
  }

  /** Probability of all sequences for which `holds`, by the names of their tags. */
  probability(holds: (tags: readonly string[]) => boolean): number {
    return this.sequences.reduce(
      (sum, sequence, i) =>
        holds(sequence.map(tag => this.names[tag])) ? sum + this.#probabilities[i] : sum,
      0
    )
  }

  /** Probability that exactly the tokens `first` to `last - 1` are an entity of `label`. */
  entity(first: number, last: number, label: number): number {
    return this.probability(tags =>
      tags.every((tag, token) => {
        if (token === first) return tag === `B-${label}`
        if (token > first && token < last) return tag === `I-${label}`
        return token !== last || tag !== `I-${label}`
      })
    )
  }
}

export function tagNames(labels: number): string[] {
  const numbers = Array.from({ length: labels }, (_, label) => label)
  return ['O', ...numbers.map(label => `B-${label}`), ...numbers.map(label => `I-${label}`)]
}

export function isLegal(tags: readonly string[]): boolean {
  return tags.every((tag, i) => {
    if (!tag.startsWith('I-')) return true
    const before = tags[i - 1]
    return before === tag || before === tag.replace('I-', 'B-')
  })
}

/** Sum of the scores a sequence passes. */
export function scoreOf(
  crf: CrfScores,
  emissions: readonly (readonly number[])[],
  sequence: readonly number[]
): number {
  let score = crf.start[sequence[0]]
  sequence.forEach((tag, token) => {
    score += emissions[token][tag]
    if (token > 0) score += crf.transitions[sequence[token - 1]][tag]
  })
  return score + crf.end[sequence[sequence.length - 1]]
}

function legalSequences(names: readonly string[], length: number): number[][] {
  let sequences: number[][] = [[]]
  for (let token = 0; token < length; token++) {
    sequences = sequences.flatMap(sequence => names.map((_name, tag) => [...sequence, tag]))
  }
  return sequences.filter(sequence => isLegal(sequence.map(tag => names[tag])))
}

/** Scores in [-size, size), those of forbidden transitions too. */
export function randomCrf(random: Random, labels: number, size: number): CrfScores {
  const tags = 1 + 2 * labels
  const row = (): number[] => Array.from({ length: tags }, () => random.around(size))
  return { start: row(), end: row(), transitions: Array.from({ length: tags }, row) }
}

/** [tokens][tags] as the network gives them: in single precision. */
export function randomEmissions(random: Random, labels: number, tokens: number, size: number): number[][] {
  return Array.from({ length: tokens }, () =>
    Array.from({ length: 1 + 2 * labels }, () => Math.fround(random.around(size)))
  )
}

/** Emissions as one array, behind `offset` cells that no decoder may read. */
export function flatten(emissions: readonly (readonly number[])[], offset = 0): Float32Array {
  return Float32Array.from([...new Array<number>(offset).fill(Number.NaN), ...emissions.flat()])
}
