import type { CrfScores } from '../model/crf-scores.ts'
import { beginTag, insideTag, type TagScheme } from './tag-scheme.ts'

/**
 * Probabilities of entities under the CRF by the forward-backward algorithm (Rabiner, 1989), in linear space with
 * one scale a token, so that the recursions are sums of products.
 */
export class MarginalDecoder {
  readonly #scheme: TagScheme
  readonly #start: Float64Array
  readonly #end: Float64Array
  /** [from, free] weights exp(transition) into O and B- */
  readonly #intoFree: Float64Array
  /** [labels] weights B- -> I- and I- -> I- */
  readonly #beginToInside: Float64Array
  readonly #insideToInside: Float64Array
  #length = 0
  /** [tokens, tags] exp(emission - highest emission of the token) */
  #weights = new Float64Array(0)
  /** [tokens, tags] P(tag of the token | tokens up to it) */
  #forward = new Float64Array(0)
  /** [tokens, tags] such that forward x backward is the marginal */
  #backward = new Float64Array(0)
  /** [tokens] what the forward values were divided by */
  #scale = new Float64Array(0)

  constructor(scheme: TagScheme, scores: CrfScores) {
    const { tags, free, labels } = scheme
    this.#scheme = scheme
    this.#start = Float64Array.from(scores.start, Math.exp)
    this.#end = Float64Array.from(scores.end, Math.exp)
    this.#intoFree = new Float64Array(tags * free)
    for (let from = 0; from < tags; from++) {
      for (let to = 0; to < free; to++)
        this.#intoFree[from * free + to] = Math.exp(scores.transitions[from][to])
    }
    this.#beginToInside = new Float64Array(labels)
    this.#insideToInside = new Float64Array(labels)
    for (let label = 0; label < labels; label++) {
      const inside = insideTag(scheme, label)
      this.#beginToInside[label] = Math.exp(scores.transitions[beginTag(label)][inside])
      this.#insideToInside[label] = Math.exp(scores.transitions[inside][inside])
    }
  }

  /** Reads a sentence of `length` tokens (at least one) whose emissions start at `offset`. */
  read(emissions: Float32Array, offset: number, length: number): void {
    this.#length = length
    this.#reserve(length)
    this.#weigh(emissions, offset)
    this.#runForward()
    this.#runBackward()
  }

  /** P(tag of a token) of the sentence read last. */
  marginal(token: number, tag: number): number {
    const at = token * this.#scheme.tags + tag
    return this.#forward[at] * this.#backward[at]
  }

  /**
   * Probability that the tokens `first` to `last - 1` are one entity of `label`, exactly: its first token begins
   * it, the others continue it, and the next one does not.
   */
  entity(first: number, last: number, label: number): number {
    const { tags } = this.#scheme
    const inside = insideTag(this.#scheme, label)
    let tag = beginTag(label)
    let probability = this.#forward[first * tags + tag]
    for (let token = first + 1; token < last; token++) {
      const weight = token === first + 1 ? this.#beginToInside[label] : this.#insideToInside[label]
      probability *= (weight * this.#weights[token * tags + inside]) / this.#scale[token]
      tag = inside
    }
    return Math.min(1, probability * this.#leave(last - 1, tag))
  }

  /** Backward value of `tag` at `token` over the next tags that do not continue its entity. */
  #leave(token: number, tag: number): number {
    const { tags, free } = this.#scheme
    if (token === this.#length - 1) return this.#backward[token * tags + tag]
    const next = (token + 1) * tags
    let sum = 0
    for (let to = 0; to < free; to++) {
      sum += this.#intoFree[tag * free + to] * this.#weights[next + to] * this.#backward[next + to]
    }
    return sum / this.#scale[token + 1]
  }

  #reserve(length: number): void {
    if (this.#scale.length >= length) return
    const cells = length * this.#scheme.tags
    this.#weights = new Float64Array(cells)
    this.#forward = new Float64Array(cells)
    this.#backward = new Float64Array(cells)
    this.#scale = new Float64Array(length)
  }

  #weigh(emissions: Float32Array, offset: number): void {
    const { tags } = this.#scheme
    for (let token = 0; token < this.#length; token++) {
      const at = token * tags
      let highest = Number.NEGATIVE_INFINITY
      for (let tag = 0; tag < tags; tag++) highest = Math.max(highest, emissions[offset + at + tag])
      for (let tag = 0; tag < tags; tag++) {
        this.#weights[at + tag] = Math.exp(emissions[offset + at + tag] - highest)
      }
    }
  }

  #runForward(): void {
    const { tags, free, labels } = this.#scheme
    const forward = this.#forward
    for (let tag = 0; tag < tags; tag++) {
      forward[tag] = tag < free ? this.#start[tag] * this.#weights[tag] : 0
    }
    this.#normalize(0)
    for (let token = 1; token < this.#length; token++) {
      const here = token * tags
      const before = here - tags
      forward.fill(0, here, here + free)
      for (let from = 0; from < tags; from++) {
        const mass = forward[before + from]
        if (mass === 0) continue
        const row = from * free
        for (let to = 0; to < free; to++) forward[here + to] += mass * this.#intoFree[row + to]
      }
      for (let label = 0; label < labels; label++) {
        forward[here + free + label] =
          forward[before + 1 + label] * this.#beginToInside[label] +
          forward[before + free + label] * this.#insideToInside[label]
      }
      for (let tag = 0; tag < tags; tag++) forward[here + tag] *= this.#weights[here + tag]
      this.#normalize(token)
    }
  }

  #normalize(token: number): void {
    const { tags } = this.#scheme
    const at = token * tags
    let sum = 0
    for (let tag = 0; tag < tags; tag++) sum += this.#forward[at + tag]
    for (let tag = 0; tag < tags; tag++) this.#forward[at + tag] /= sum
    this.#scale[token] = sum
  }

  #runBackward(): void {
    const { tags, free, labels } = this.#scheme
    const backward = this.#backward
    const last = (this.#length - 1) * tags
    let sum = 0
    for (let tag = 0; tag < tags; tag++) sum += this.#forward[last + tag] * this.#end[tag]
    for (let tag = 0; tag < tags; tag++) backward[last + tag] = this.#end[tag] / sum
    for (let token = this.#length - 2; token >= 0; token--) {
      const here = token * tags
      const next = here + tags
      const scale = this.#scale[token + 1]
      for (let from = 0; from < tags; from++) {
        const row = from * free
        let value = 0
        for (let to = 0; to < free; to++) {
          value += this.#intoFree[row + to] * this.#weights[next + to] * backward[next + to]
        }
        backward[here + from] = value / scale
      }
      for (let label = 0; label < labels; label++) {
        const weighed = (this.#weights[next + free + label] * backward[next + free + label]) / scale
        backward[here + 1 + label] += this.#beginToInside[label] * weighed
        backward[here + free + label] += this.#insideToInside[label] * weighed
      }
    }
  }
}
