import { BYTES, type Lattice } from './lattice.ts'

/**
 * Best tag sequence of a linear-chain CRF under IOB2 (Viterbi, 1967), the same as over all sequences: the kernel leaves
 * out only what cannot win.
 */
export class ViterbiDecoder {
  readonly #lattice: Lattice

  constructor(lattice: Lattice) {
    this.#lattice = lattice
  }

  /**
   * Tags of the sentence that the lattice has read; ties go to the lower tag.
   * @param path [length] receives the tags, from `at` on
   */
  decode(path: Uint8Array, at: number): void {
    const { kernel, constants, rows, length, stride, free, numbers } = this.#lattice
    const { scores, slack, places, here, next } = constants
    this.#first()
    const last = kernel.viterbi(
      ...[length, stride, free, scores.intoFree, scores.begin, scores.inside, slack, places],
      ...[rows.scores, here, next, rows.back]
    )
    let place = this.#bestEnd(last)
    let row = rows.back / BYTES + (length - 1) * stride
    for (let token = length - 1; token >= 0; token--) {
      path[at + token] = this.#lattice.tag(place)
      place = numbers[row + place]
      row -= stride
    }
  }

  /** Scores of the first token. */
  #first(): void {
    const { constants, rows, stride, numbers } = this.#lattice
    const here = constants.here / BYTES
    const start = constants.scores.start / BYTES
    const scores = rows.scores / BYTES
    for (let place = 0; place < stride; place++) {
      numbers[here + place] = numbers[start + place] + numbers[scores + place]
    }
  }

  /** The place at which the best path ends. */
  #bestEnd(last: number): number {
    const { constants, stride, numbers } = this.#lattice
    const row = last / BYTES
    const end = constants.scores.end / BYTES
    let best = 0
    let highest = Number.NEGATIVE_INFINITY
    for (let place = 0; place < stride; place++) {
      const score = numbers[row + place] + numbers[end + place]
      if (score > highest) {
        highest = score
        best = place
      }
    }
    return best
  }
}
