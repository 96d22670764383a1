import { type FormIds, type Gates, PADDING } from '../tensors.ts'
import type { FormNetwork } from './form-network.ts'

/** Forms of one run of their network. */
const FORMS_PER_RUN = 256
/**
 * Forms whose gates are kept, of 6.4 kB each with 200 hidden units. A run has 1,152 cells at most. In clinical notes one
 * token of ten is of a form that is not among them.
 */
export const KEPT_GATES = 4096

/**
 * The gates of forms, computed once as long as a form is kept: words come again, in a note and in the next one. Exact,
 * for the gates of a form do not depend on the forms that they are computed with. Where there is no space, forms that
 * came once go first, then those that have not come for longest (the clock of Corbató, 1968).
 */
export class GateCache {
  readonly #network: FormNetwork
  readonly #slots: number
  /** [slots, width]; those of padding stay 0 */
  #values = new Float32Array(0)
  #width = 0
  /** those whose numbers the slots are of */
  #ids: FormIds | undefined
  /** [forms] slot of each form, 0 where it has none */
  #slotOf = new Int32Array(1024)
  /** [slots] form of each slot, 0 where it is free */
  readonly #formOf: Int32Array
  /** [slots] whether the form came again since the hand passed */
  readonly #cameAgain: Uint8Array
  /** [slots] last call that needs the slot */
  readonly #neededBy: Float64Array
  #call = 0
  #hand = PADDING

  /** @param slots one for padding, and as many as one call can have distinct forms at least */
  constructor(network: FormNetwork, slots: number) {
    this.#network = network
    this.#slots = slots
    this.#formOf = new Int32Array(slots)
    this.#cameAgain = new Uint8Array(slots)
    this.#neededBy = new Float64Array(slots)
  }

  /**
   * Gates of these forms at least, and for each of them, in order, the index of its gates. Calls must not overlap; what
   * is returned stays as it is until the next one.
   */
  async of(ids: FormIds, forms: Int32Array): Promise<{ gates: Gates; indices: Int32Array }> {
    this.#call++
    this.#follow(ids)
    const missing = [...this.#need(forms)]
    for (let first = 0; first < missing.length; first += FORMS_PER_RUN) {
      const some = missing.slice(first, first + FORMS_PER_RUN)
      const { values, width } = await this.#network.run(ids, some)
      this.#reserve(width)
      some.forEach((form, i) => {
        const slot = this.#take(form)
        this.#values.set(values.subarray(i * width, (i + 1) * width), slot * width)
      })
    }
    const indices = new Int32Array(forms.length)
    for (let i = 0; i < forms.length; i++) indices[i] = this.#slotOf[forms[i]]
    return { gates: { values: this.#values, count: this.#slots, width: this.#width }, indices }
  }

  /** Makes room for all forms, and forgets those whose numbers were of another table. */
  #follow(ids: FormIds): void {
    const isOther = ids !== this.#ids
    if (!isOther && ids.count <= this.#slotOf.length) return
    const slotOf = new Int32Array(2 * ids.count)
    if (isOther) this.#formOf.fill(0)
    else slotOf.set(this.#slotOf)
    this.#slotOf = slotOf
    this.#ids = ids
  }

  /** Holds the slots that the forms have for the call at hand; returns the forms that have none. */
  #need(forms: Int32Array): Set<number> {
    const missing = new Set<number>()
    for (const form of forms) {
      const slot = this.#slotOf[form]
      if (slot > 0) {
        this.#cameAgain[slot] = 1
        this.#neededBy[slot] = this.#call
      } else if (form !== PADDING) missing.add(form)
    }
    return missing
  }

  /** Gives a form a slot that the call at hand does not need. */
  #take(form: number): number {
    const slot = this.#nextSlot()
    const former = this.#formOf[slot]
    if (former !== PADDING) this.#slotOf[former] = 0
    this.#slotOf[form] = slot
    this.#formOf[slot] = form
    this.#cameAgain[slot] = 0
    this.#neededBy[slot] = this.#call
    return slot
  }

  #nextSlot(): number {
    for (let passed = 0; passed < 2 * this.#slots; passed++) {
      this.#hand = (this.#hand % (this.#slots - 1)) + 1
      if (this.#neededBy[this.#hand] === this.#call) continue
      if (this.#formOf[this.#hand] === PADDING || this.#cameAgain[this.#hand] === 0) return this.#hand
      this.#cameAgain[this.#hand] = 0
    }
    throw new Error('A run has more forms than gates are kept of. This is a bug.')
  }

  /** Takes all memory at once, and writes it so that the system gives it: a process that grows looks like a leak. */
  #reserve(width: number): void {
    if (this.#width === width) return
    this.#values = new Float32Array(this.#slots * width).fill(0)
    this.#width = width
  }
}
