import type { CrfScores } from '../model/crf-scores.ts'
import { kernelBytes } from './kernel/crf-wasm.ts'
import { beginTag, insideTag, type TagScheme } from './tag-scheme.ts'

/** What kernel/crf.wat exports; addresses in bytes. */
interface Kernel {
  readonly memory: WebAssembly.Memory
  relate(...layout: number[]): void
  viterbi(...layout: number[]): number
  exponentiate(address: number, count: number): void
  forward(...layout: number[]): void
  backward(...layout: number[]): void
}

/** Of a number: an address divided by this is an index of `Lattice.numbers`. */
export const BYTES = 8
const PAGE = 65_536
/** The score of what cannot be: sums of it stay below every other. */
const NEVER = -1e300

/** Addresses of the scores of a CRF: of its ends by place, of B- -> I- and I- -> I- by label. */
interface Scores {
  /** [place from][place to] into O and B- */
  readonly intoFree: number
  readonly begin: number
  readonly inside: number
  readonly start: number
  readonly end: number
}

/** Addresses of what does not change. */
interface Constants {
  readonly scores: Scores
  /** their exponentials; `fromFree` is the transpose of `intoFree` */
  readonly weights: Scores & { readonly fromFree: number }
  /** by place */
  readonly slack: number
  readonly places: number
  /** rows for the kernel's own use */
  readonly here: number
  readonly next: number
}

/** Addresses of what holds a row a token, or a number a token. */
interface Rows {
  readonly emissions: number
  readonly scores: number
  readonly back: number
  readonly forward: number
  readonly backward: number
  readonly scales: number
  readonly norms: number
}

/**
 * The memory in which a sentence is decoded: the scores of a CRF, those of the sentence at hand, and the rows of the
 * recursions over it. A row has one number a tag at the place of the tag: see kernel/crf.wat.
 */
export class Lattice {
  readonly scheme: TagScheme
  readonly kernel: Kernel
  /** numbers of a row before the I- tags, and in all */
  readonly free: number
  readonly stride: number
  readonly constants: Constants
  readonly #dynamic: number
  #capacity = 0
  #numbers = new Float64Array(0)
  #emissions = new Float32Array(0)
  #rows: Rows = { emissions: 0, scores: 0, back: 0, forward: 0, backward: 0, scales: 0, norms: 0 }
  #length = 0

  constructor(scheme: TagScheme, crf: CrfScores) {
    this.scheme = scheme
    this.free = padded(scheme.free)
    this.stride = this.free + padded(scheme.labels)
    this.kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(kernelBytes, 'base64')))
      .exports as unknown as Kernel
    let next = 0
    const take = (count: number): number => {
      const address = next
      next += count * BYTES
      return address
    }
    const takeScores = (): Scores => ({
      intoFree: take(this.stride * this.free),
      begin: take(this.stride - this.free),
      inside: take(this.stride - this.free),
      start: take(this.stride),
      end: take(this.stride)
    })
    this.constants = {
      scores: takeScores(),
      weights: { ...takeScores(), fromFree: take(this.free * this.stride) },
      slack: take(this.stride),
      places: take(this.stride),
      here: take(this.stride),
      next: take(this.stride)
    }
    this.#dynamic = next
    this.#reserve(64)
    this.#writeConstants(crf)
  }

  /** Tokens of the sentence at hand. */
  get length(): number {
    return this.#length
  }

  get rows(): Rows {
    return this.#rows
  }

  /** All of the memory, by number: an address divided by 8. */
  get numbers(): Float64Array {
    return this.#numbers
  }

  /**
   * Takes up a sentence of `length` tokens (at least one): emissions [.., tags], those of its first token at `offset`.
   * `rows.scores` then holds the emissions, each less the highest of its token.
   */
  read(emissions: Float32Array, offset: number, length: number): void {
    this.#reserve(length)
    this.#length = length
    const { tags, free } = this.scheme
    this.#emissions.set(emissions.subarray(offset, offset + length * tags), this.#rows.emissions / 4)
    this.kernel.relate(
      ...[this.#rows.emissions, length, tags, free, this.free, this.stride, this.#rows.scores]
    )
  }

  /** Place of a tag in a row. */
  place(tag: number): number {
    return tag < this.scheme.free ? tag : tag - this.scheme.free + this.free
  }

  /** Tag at a place that is one. */
  tag(place: number): number {
    return place < this.free ? place : place - this.free + this.scheme.free
  }

  #reserve(length: number): void {
    if (length <= this.#capacity) return
    this.#capacity = length + (length & 1)
    let next = this.#dynamic
    const take = (count: number): number => {
      const address = next
      next += count * BYTES
      return address
    }
    const row = this.stride * this.#capacity
    this.#rows = {
      scores: take(row),
      back: take(row),
      forward: take(row),
      backward: take(row),
      scales: take(this.#capacity),
      norms: take(this.#capacity),
      emissions: take(Math.ceil((this.scheme.tags * this.#capacity) / 2))
    }
    const { memory } = this.kernel
    const pages = Math.ceil(next / PAGE)
    const present = memory.buffer.byteLength / PAGE
    if (pages > present) memory.grow(pages - present)
    this.#numbers = new Float64Array(memory.buffer)
    this.#emissions = new Float32Array(memory.buffer)
  }

  #writeConstants({ start, transitions, end }: CrfScores): void {
    const { tags, free, labels } = this.scheme
    const { scores, weights, slack, places } = this.constants
    const write = (address: number, index: number, value: number): void => {
      this.#numbers[address / BYTES + index] = value
    }
    // Padding is never the best (scores) and adds nothing (weights, zero as memory begins).
    this.#numbers.fill(NEVER, scores.intoFree / BYTES, weights.intoFree / BYTES)
    for (let place = 0; place < this.stride; place++) write(places, place, place)
    const most = Array.from({ length: free }, (_, to) => Math.max(...transitions.map(row => row[to])))
    for (let from = 0; from < tags; from++) {
      const place = this.place(from)
      for (let to = 0; to < free; to++) {
        const score = transitions[from][to]
        write(scores.intoFree, place * this.free + to, score)
        write(weights.intoFree, place * this.free + to, Math.exp(score))
        write(weights.fromFree, to * this.stride + place, Math.exp(score))
      }
      write(slack, place, Math.max(...most.map((highest, to) => highest - transitions[from][to])))
      write(scores.end, place, end[from])
      write(weights.end, place, Math.exp(end[from]))
    }
    // A sentence begins with O or a B-.
    for (let tag = 0; tag < free; tag++) {
      write(scores.start, tag, start[tag])
      write(weights.start, tag, Math.exp(start[tag]))
    }
    for (let label = 0; label < labels; label++) {
      const to = insideTag(this.scheme, label)
      for (const [kind, from] of [['begin', beginTag(label)] as const, ['inside', to] as const]) {
        write(scores[kind], label, transitions[from][to])
        write(weights[kind], label, Math.exp(transitions[from][to]))
      }
    }
  }
}

/** Next even number: the kernel takes two at a time. */
function padded(count: number): number {
  return count + (count & 1)
}
