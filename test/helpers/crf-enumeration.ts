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
  readonly #named: readonly (readonly string[])[]
  readonly #probabilities: readonly number[]

  constructor(labels: number, crf: CrfScores, emissions: readonly (readonly number[])[]) {
    this.names = tagNames(labels)
    this.sequences = legalSequences(this.names, emissions.length)
    this.#named = this.sequences.map(sequence => sequence.map(tag => this.names[tag]))
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
    return this.#named.reduce((sum, tags, i) => (holds(tags) ? sum + this.#probabilities[i] : sum), 0)
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

/**
 * Logarithm of the sum over all legal sequences that hold at each token one of the tags `allowed` there, for
 * sentences too long to enumerate. A probability is the exponential of a difference of two of these.
 */
export function logPartition(
  labels: number,
  crf: CrfScores,
  emissions: readonly (readonly number[])[],
  allowed: (token: number, tag: string) => boolean
): number {
  const names = tagNames(labels)
  const score = (token: number, tag: number): number =>
    allowed(token, names[tag]) ? emissions[token][tag] : Number.NEGATIVE_INFINITY
  let sums = names.map((name, tag) =>
    isLegal([name]) ? crf.start[tag] + score(0, tag) : Number.NEGATIVE_INFINITY
  )
  for (let token = 1; token < emissions.length; token++) {
    sums = names.map((name, to) => {
      const terms = sums.filter((_sum, from) => mayFollow(names[from], name))
      const transitions = crf.transitions
        .filter((_row, from) => mayFollow(names[from], name))
        .map(row => row[to])
      return logSum(terms.map((sum, i) => sum + transitions[i])) + score(token, to)
    })
  }
  return logSum(sums.map((sum, tag) => sum + crf.end[tag]))
}

function mayFollow(before: string, tag: string): boolean {
  return !tag.startsWith('I-') || before.slice(2) === tag.slice(2)
}

function logSum(terms: readonly number[]): number {
  const highest = Math.max(...terms)
  if (highest === Number.NEGATIVE_INFINITY) return highest
  return highest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - highest), 0))
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
