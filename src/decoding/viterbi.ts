import type { CrfScores } from '../model/crf-scores.ts'
import { beginTag, insideTag, type TagScheme } from './tag-scheme.ts'

/**
 * Best tag sequence of a linear-chain CRF under IOB2 (Viterbi, 1967), the same as over all sequences.
 *
 * Two facts make it cheap. I- of a label has two possible predecessors. And a source tag s cannot win any free
 * target t when score(s) < score(best) - slack(best), where slack(best) is the most by which any transition into
 * any t exceeds the one from the best tag; most tags of most tokens fall below that.
 */
export class ViterbiDecoder {
  readonly #scheme: TagScheme
  readonly #start: Float64Array
  readonly #end: Float64Array
  /** [from, to] over all tags */
  readonly #transitions: Float64Array
  /** [from] */
  readonly #slack: Float64Array
  #score: Float64Array
  #next: Float64Array
  #candidates: Int32Array
  /** [tokens, tags] best predecessor */
  #back = new Uint8Array(0)

  constructor(scheme: TagScheme, scores: CrfScores) {
    const { tags, free } = scheme
    this.#scheme = scheme
    this.#start = Float64Array.from(scores.start)
    this.#end = Float64Array.from(scores.end)
    this.#transitions = Float64Array.from(scores.transitions.flat())
    this.#slack = new Float64Array(tags)
    for (let to = 0; to < free; to++) {
      const most = Math.max(...scores.transitions.map(row => row[to]))
      for (let from = 0; from < tags; from++) {
        this.#slack[from] = Math.max(this.#slack[from], most - scores.transitions[from][to])
      }
    }
    this.#score = new Float64Array(tags)
    this.#next = new Float64Array(tags)
    this.#candidates = new Int32Array(tags)
  }

  /**
   * Tags of `length` tokens (at least one); ties go to the lower tag.
   * @param emissions [.., tags]; those of the first token start at `offset`
   * @param path [length] receives the tags, from `at` on
   */
  decode(emissions: Float32Array, offset: number, length: number, path: Uint8Array, at: number): void {
    const { tags, free, labels } = this.#scheme
    if (this.#back.length < length * tags) this.#back = new Uint8Array(length * tags)
    for (let tag = 0; tag < tags; tag++) {
      this.#score[tag] = tag < free ? this.#start[tag] + emissions[offset + tag] : Number.NEGATIVE_INFINITY
    }
    for (let token = 1; token < length; token++) {
      const here = offset + token * tags
      this.#stepFree(emissions, here, token)
      for (let label = 0; label < labels; label++) this.#stepInside(emissions, here, token, label)
      const kept = this.#score
      this.#score = this.#next
      this.#next = kept
    }
    let best = 0
    for (let tag = 1; tag < tags; tag++) {
      if (this.#score[tag] + this.#end[tag] > this.#score[best] + this.#end[best]) best = tag
    }
    for (let token = length - 1; token >= 0; token--) {
      path[at + token] = best
      best = this.#back[token * tags + best]
    }
  }

  /** O and B-: the best of the sources that can win. */
  #stepFree(emissions: Float32Array, here: number, token: number): void {
    const { tags, free } = this.#scheme
    const score = this.#score
    const next = this.#next
    let best = 0
    for (let tag = 1; tag < tags; tag++) if (score[tag] > score[best]) best = tag
    const bound = score[best] - this.#slack[best]
    let count = 0
    for (let tag = 0; tag < tags; tag++) if (score[tag] >= bound) this.#candidates[count++] = tag
    const back = token * tags
    for (let to = 0; to < free; to++) next[to] = Number.NEGATIVE_INFINITY
    for (let i = 0; i < count; i++) {
      const from = this.#candidates[i]
      const row = from * tags
      for (let to = 0; to < free; to++) {
        const value = score[from] + this.#transitions[row + to]
        if (value > next[to]) {
          next[to] = value
          this.#back[back + to] = from
        }
      }
    }
    for (let to = 0; to < free; to++) next[to] += emissions[here + to]
  }

  /** I- of a label: after its B- or its I-. */
  #stepInside(emissions: Float32Array, here: number, token: number, label: number): void {
    const { tags } = this.#scheme
    const begin = beginTag(label)
    const inside = insideTag(this.#scheme, label)
    const fromBegin = this.#score[begin] + this.#transitions[begin * tags + inside]
    const fromInside = this.#score[inside] + this.#transitions[inside * tags + inside]
    this.#next[inside] = Math.max(fromBegin, fromInside) + emissions[here + inside]
    this.#back[token * tags + inside] = fromInside > fromBegin ? inside : begin
  }
}
