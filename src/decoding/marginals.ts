import { BYTES, type Lattice } from './lattice.ts'
import { beginTag, insideTag } from './tag-scheme.ts'

/**
 * Probabilities of entities under the CRF by the forward-backward algorithm (Rabiner, 1989), in linear space.
 * Forward and backward rows are each divided by their own sum, so that neither can overflow however unlikely the
 * sentence; every probability is a ratio in which these divisors cancel.
 */
export class MarginalDecoder {
  readonly #lattice: Lattice
  #numbers: Float64Array = new Float64Array(0)
  /** indices of the first row of each */
  #weights = 0
  #forward = 0
  #backward = 0
  #scales = 0
  #norms = 0

  constructor(lattice: Lattice) {
    this.#lattice = lattice
  }

  /**
   * Runs both recursions over the sentence that the lattice has read, as far as entities need them that end within
   * the tokens `first` to `last - 1`. The lattice's scores become weights: its best path is read before.
   */
  run(first: number, last: number): void {
    const { kernel, constants, rows, length, stride, free, scheme, numbers } = this.#lattice
    const { intoFree, fromFree, begin, inside } = constants.weights
    this.#numbers = numbers
    this.#weights = rows.scores / BYTES
    this.#forward = rows.forward / BYTES
    this.#backward = rows.backward / BYTES
    this.#scales = rows.scales / BYTES
    this.#norms = rows.norms / BYTES
    kernel.exponentiate(rows.scores, length * stride)
    this.#firstForward()
    kernel.forward(...[last, stride, free, intoFree, begin, inside, rows.scores, rows.forward, rows.scales])
    this.#lastBackward()
    kernel.backward(
      ...[first, length, stride, free, scheme.free, fromFree, begin, inside],
      ...[rows.scores, rows.backward, rows.norms, constants.next]
    )
  }

  /** P(tag of a token) of the sentence, for a token within the bounds of the run. */
  marginal(token: number, tag: number): number {
    const place = token * this.#lattice.stride + this.#lattice.place(tag)
    return (
      (this.#numbers[this.#forward + place] * this.#numbers[this.#backward + place]) / this.#overlap(token)
    )
  }

  /**
   * Probability that the tokens `first` to `last - 1` are one entity of `label`, exactly: its first token begins
   * it, the others continue it, and the next one does not.
   */
  entity(first: number, last: number, label: number): number {
    const { stride, constants, scheme } = this.#lattice
    const { begin, inside } = constants.weights
    const numbers = this.#numbers
    let place = this.#lattice.place(beginTag(label))
    const insideOf = this.#lattice.place(insideTag(scheme, label))
    /** P(the tags from `first` to here are those of the entity | tokens up to here) */
    let prefix = numbers[this.#forward + first * stride + place]
    for (let token = first + 1; token < last; token++) {
      const weight = numbers[(token === first + 1 ? begin : inside) / BYTES + label]
      prefix *= (weight * numbers[this.#weights + token * stride + insideOf]) / numbers[this.#scales + token]
      place = insideOf
    }
    return Math.min(1, (prefix * this.#leave(last - 1, place)) / this.#overlap(last - 1))
  }

  /** Backward value of a place at `token` over the next tags that do not continue its entity. */
  #leave(token: number, place: number): number {
    const { stride, free, scheme, length, constants } = this.#lattice
    const numbers = this.#numbers
    if (token === length - 1) return numbers[this.#backward + token * stride + place]
    const row = constants.weights.intoFree / BYTES + place * free
    const next = (token + 1) * stride
    let sum = 0
    for (let to = 0; to < scheme.free; to++) {
      sum += numbers[row + to] * numbers[this.#weights + next + to] * numbers[this.#backward + next + to]
    }
    return sum / numbers[this.#norms + token]
  }

  /** Sum over tags of forward times backward, by which a product of the two becomes a probability. */
  #overlap(token: number): number {
    const { stride } = this.#lattice
    const numbers = this.#numbers
    const forward = this.#forward + token * stride
    const backward = this.#backward + token * stride
    let sum = 0
    for (let place = 0; place < stride; place++) sum += numbers[forward + place] * numbers[backward + place]
    return sum
  }

  #firstForward(): void {
    const { stride, constants } = this.#lattice
    const numbers = this.#numbers
    const start = constants.weights.start / BYTES
    let sum = 0
    for (let i = 0; i < stride; i++) sum += numbers[start + i] * numbers[this.#weights + i]
    for (let i = 0; i < stride; i++) {
      numbers[this.#forward + i] = (numbers[start + i] * numbers[this.#weights + i]) / sum
    }
  }

  #lastBackward(): void {
    const { stride, constants, length } = this.#lattice
    const numbers = this.#numbers
    const at = this.#backward + (length - 1) * stride
    const end = constants.weights.end / BYTES
    let sum = 0
    for (let i = 0; i < stride; i++) sum += numbers[end + i]
    for (let i = 0; i < stride; i++) numbers[at + i] = numbers[end + i] / sum
    numbers[this.#norms + length - 1] = sum
  }
}
