import { complete, type Output } from './output.ts'
import type { Totals } from './totals.ts'

/** Milliseconds between checkpoints: what is done after the last one is done again after an interruption. */
const INTERVAL = 1000

/** Notes how far an output is, now and then, once what is written is safe. */
export class Checkpoints {
  readonly #output: Output
  readonly #flush: () => Promise<void>
  #state: { next: number; bytes: number; totals: Totals }
  #last = performance.now()

  /** @param flush ends when everything that was written is on the disk */
  constructor(output: Output, flush: () => Promise<void>) {
    const { next, bytes, totals } = output.from
    this.#output = output
    this.#flush = flush
    this.#state = { next, bytes, totals }
  }

  /** What comes before the place `next` of the input is in the first `bytes` of the output. */
  async written(next: number, bytes: number, totals: Totals): Promise<void> {
    this.#state = { next, bytes, totals }
    if (performance.now() - this.#last >= INTERVAL) await this.save()
  }

  async save(complete = false): Promise<void> {
    const { journal, from } = this.#output
    await this.#flush()
    await journal.write({ run: from.run, ...this.#state, complete })
    this.#last = performance.now()
  }

  async finish(): Promise<void> {
    await this.save(true)
    await complete(this.#output)
  }
}
