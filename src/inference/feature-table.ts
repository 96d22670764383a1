import type { Features, FormIds } from '../tensors.ts'
import type { FormNetwork } from './form-network.ts'

/** Forms of one run of their network. */
const FORMS_PER_RUN = 256

/**
 * Features of all forms of a table, computed once a form: words come again, in a note and in the next one. Exact, for
 * features of a form do not depend on the forms that they are computed with.
 */
export class FeatureTable {
  readonly #network: FormNetwork
  readonly #expected: number
  /** [capacity, width] */
  #values = new Float32Array(0)
  #width = 0
  #count = 0

  /** @param expected forms for which memory is taken with the first one: a process that grows for hours looks like a leak */
  constructor(network: FormNetwork, expected: number) {
    this.#network = network
    this.#expected = expected
  }

  /** To be called when forms got new numbers. */
  clear(): void {
    this.#count = 0
  }

  /**
   * Features of all forms that have a number. Calls that overlap may compute the same ones twice, to the same values.
   * What is returned stays as it is until the next call.
   */
  async of(ids: FormIds): Promise<Features> {
    while (this.#count < ids.count) {
      const first = this.#count
      const { values, count, width } = await this.#network.run(
        ids,
        first,
        Math.min(ids.count, first + FORMS_PER_RUN)
      )
      this.#width = width
      this.#reserve(ids.count)
      this.#values.set(values, first * width)
      this.#count = Math.max(this.#count, first + count)
    }
    const width = this.#width
    return { values: this.#values.subarray(0, this.#count * width), count: this.#count, width }
  }

  #reserve(count: number): void {
    if (count * this.#width <= this.#values.length) return
    const isFirst = this.#values.length === 0
    const least = isFirst ? this.#expected * this.#width : 2 * this.#values.length
    const values = new Float32Array(Math.max(least, count * this.#width))
    // The system gives memory when it is written.
    if (isFirst) values.fill(0)
    values.set(this.#values)
    this.#values = values
  }
}
