import type { CrfScores } from '../model/crf-scores.ts'
import { kernelBytes } from './kernel/forward-backward-wasm.ts'
import { beginTag, insideTag, type TagScheme } from './tag-scheme.ts'

/** What kernel/forward-backward.wat exports; addresses in bytes. */
interface Kernel {
  readonly memory: WebAssembly.Memory
  exponentiate(address: number, count: number): void
  forward(...layout: number[]): void
  backward(...layout: number[]): void
}

const BYTES = 8
const PAGE = 65_536

/**
 * Probabilities of entities under the CRF by the forward-backward algorithm (Rabiner, 1989), in linear space.
 * Forward and backward rows are each divided by their own sum, so that neither can overflow however unlikely the
 * sentence; every probability is a ratio in which these divisors cancel.
 */
export class MarginalDecoder {
  readonly #scheme: TagScheme
  readonly #kernel: Kernel
  /** numbers of a row before the I- tags, and in all: see the kernel */
  readonly #free: number
  readonly #stride: number
  /** addresses of what does not change */
  readonly #constants: {
    readonly intoFree: number
    readonly fromFree: number
    readonly begin: number
    readonly inside: number
  }
  readonly #start: number
  readonly #end: number
  readonly #scratch: number
  readonly #dynamic: number
  #capacity = 0
  #length = 0
  #numbers = new Float64Array(0)

  constructor(scheme: TagScheme, scores: CrfScores) {
    this.#scheme = scheme
    this.#free = padded(scheme.free)
    this.#stride = this.#free + padded(scheme.labels)
    this.#kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(kernelBytes, 'base64')))
      .exports as unknown as Kernel
    const inside = this.#stride - this.#free
    let next = 0
    const take = (count: number): number => {
      const address = next
      next += count * BYTES
      return address
    }
    this.#constants = {
      intoFree: take(this.#stride * this.#free),
      fromFree: take(this.#free * this.#stride),
      begin: take(inside),
      inside: take(inside)
    }
    this.#start = take(this.#stride)
    this.#end = take(this.#stride)
    this.#scratch = take(this.#stride)
    this.#dynamic = next
    this.#reserve(64)
    this.#writeConstants(scores)
  }

  /** Reads a sentence of `length` tokens (at least one) whose emissions start at `offset`. */
  read(emissions: Float32Array, offset: number, length: number): void {
    this.#reserve(length)
    this.#length = length
    const { weights, forward, backward, scales, norms } = this.#rows()
    this.#weigh(emissions, offset, weights)
    const { intoFree, fromFree, begin, inside } = this.#constants
    this.#first(forward, weights)
    this.#kernel.forward(length, this.#stride, this.#free, intoFree, begin, inside, weights, forward, scales)
    this.#last(backward, norms)
    this.#kernel.backward(
      ...[length, this.#stride, this.#free, this.#scheme.free, fromFree, begin, inside],
      ...[weights, backward, norms, this.#scratch]
    )
  }

  /** P(tag of a token) of the sentence read last. */
  marginal(token: number, tag: number): number {
    return (this.#forwardAt(token, tag) * this.#backwardAt(token, tag)) / this.#overlap(token)
  }

  /**
   * Probability that the tokens `first` to `last - 1` are one entity of `label`, exactly: its first token begins
   * it, the others continue it, and the next one does not.
   */
  entity(first: number, last: number, label: number): number {
    const { begin, inside } = this.#constants
    const insideOf = insideTag(this.#scheme, label)
    let tag = beginTag(label)
    /** P(the tags from `first` to here are those of the entity | tokens up to here) */
    let prefix = this.#forwardAt(first, tag)
    for (let token = first + 1; token < last; token++) {
      const weight = this.#numbers[(token === first + 1 ? begin : inside) / BYTES + label]
      prefix *= (weight * this.#weightAt(token, insideOf)) / this.#scaleAt(token)
      tag = insideOf
    }
    return Math.min(1, (prefix * this.#leave(last - 1, tag)) / this.#overlap(last - 1))
  }

  /** Backward value of `tag` at `token` over the next tags that do not continue its entity. */
  #leave(token: number, tag: number): number {
    if (token === this.#length - 1) return this.#backwardAt(token, tag)
    const row = this.#constants.intoFree / BYTES + this.#place(tag) * this.#free
    let sum = 0
    for (let to = 0; to < this.#scheme.free; to++) {
      sum += this.#numbers[row + to] * this.#weightAt(token + 1, to) * this.#backwardAt(token + 1, to)
    }
    return sum / this.#normAt(token)
  }

  /** Sum over tags of forward times backward, by which a product of the two becomes a probability. */
  #overlap(token: number): number {
    let sum = 0
    for (let tag = 0; tag < this.#scheme.tags; tag++)
      sum += this.#forwardAt(token, tag) * this.#backwardAt(token, tag)
    return sum
  }

  /** Position of a tag in a row. */
  #place(tag: number): number {
    return tag < this.#scheme.free ? tag : tag - this.#scheme.free + this.#free
  }

  #rows() {
    const row = this.#stride * BYTES * this.#capacity
    const weights = this.#dynamic
    const scales = weights + 3 * row
    return {
      weights,
      forward: weights + row,
      backward: weights + 2 * row,
      scales,
      norms: scales + this.#capacity * BYTES
    }
  }

  #at(base: number, token: number, tag: number): number {
    return this.#numbers[base / BYTES + token * this.#stride + this.#place(tag)]
  }

  #weightAt(token: number, tag: number): number {
    return this.#at(this.#rows().weights, token, tag)
  }

  #forwardAt(token: number, tag: number): number {
    return this.#at(this.#rows().forward, token, tag)
  }

  #backwardAt(token: number, tag: number): number {
    return this.#at(this.#rows().backward, token, tag)
  }

  #scaleAt(token: number): number {
    return this.#numbers[this.#rows().scales / BYTES + token]
  }

  #normAt(token: number): number {
    return this.#numbers[this.#rows().norms / BYTES + token]
  }

  #reserve(length: number): void {
    if (length <= this.#capacity) return
    this.#capacity = length + (length & 1)
    const bytes = this.#dynamic + this.#capacity * (3 * this.#stride + 2) * BYTES
    const pages = Math.ceil(bytes / PAGE)
    const { memory } = this.#kernel
    const present = memory.buffer.byteLength / PAGE
    if (pages > present) memory.grow(pages - present)
    this.#numbers = new Float64Array(memory.buffer)
  }

  #writeConstants(scores: CrfScores): void {
    const { tags, free, labels } = this.#scheme
    const numbers = this.#numbers
    const { intoFree, fromFree, begin, inside } = this.#constants
    for (let from = 0; from < tags; from++) {
      for (let to = 0; to < free; to++) {
        const weight = Math.exp(scores.transitions[from][to])
        numbers[intoFree / BYTES + this.#place(from) * this.#free + to] = weight
        numbers[fromFree / BYTES + to * this.#stride + this.#place(from)] = weight
      }
      if (from < free) numbers[this.#start / BYTES + from] = Math.exp(scores.start[from])
      numbers[this.#end / BYTES + this.#place(from)] = Math.exp(scores.end[from])
    }
    for (let label = 0; label < labels; label++) {
      const to = insideTag(this.#scheme, label)
      numbers[begin / BYTES + label] = Math.exp(scores.transitions[beginTag(label)][to])
      numbers[inside / BYTES + label] = Math.exp(scores.transitions[to][to])
    }
  }

  /** Weights exp(emission - highest emission of the token). */
  #weigh(emissions: Float32Array, offset: number, weights: number): void {
    const { tags, free } = this.#scheme
    const numbers = this.#numbers
    for (let token = 0; token < this.#length; token++) {
      const from = offset + token * tags
      const to = weights / BYTES + token * this.#stride
      let highest = emissions[from]
      for (let tag = 1; tag < tags; tag++)
        if (emissions[from + tag] > highest) highest = emissions[from + tag]
      for (let tag = 0; tag < free; tag++) numbers[to + tag] = emissions[from + tag] - highest
      for (let tag = free; tag < tags; tag++) {
        numbers[to + this.#free + tag - free] = emissions[from + tag] - highest
      }
      // Padding is multiplied by zeros; it must only be finite.
      numbers.fill(0, to + free, to + this.#free)
      numbers.fill(0, to + this.#free + tags - free, to + this.#stride)
    }
    this.#kernel.exponentiate(weights, this.#length * this.#stride)
  }

  #first(forward: number, weights: number): void {
    const numbers = this.#numbers
    const row = numbers.subarray(forward / BYTES, forward / BYTES + this.#stride)
    for (let i = 0; i < this.#stride; i++) {
      row[i] = numbers[this.#start / BYTES + i] * numbers[weights / BYTES + i]
    }
    normalize(row)
  }

  #last(backward: number, norms: number): void {
    const last = this.#length - 1
    const at = backward / BYTES + last * this.#stride
    const row = this.#numbers.subarray(at, at + this.#stride)
    row.set(this.#numbers.subarray(this.#end / BYTES, this.#end / BYTES + this.#stride))
    this.#numbers[norms / BYTES + last] = normalize(row)
  }
}

/** Next multiple of 8, the width of a block of the kernel. */
function padded(count: number): number {
  return Math.ceil(count / 8) * 8
}

/** Divides by the sum, and returns it. */
function normalize(row: Float64Array): number {
  let sum = 0
  for (const value of row) sum += value
  for (let i = 0; i < row.length; i++) row[i] /= sum
  return sum
}
