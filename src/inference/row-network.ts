import type { Emissions, Gates, PackedBatch } from '../tensors.ts'
import { Session } from './session.ts'

/** The part of the network that sees rows of tokens: recurrence of the BiLSTM and projection to tags. */
export class RowNetwork {
  readonly #session: Session
  readonly #tags: number

  private constructor(session: Session, tags: number) {
    this.#session = session
    this.#tags = tags
  }

  /** @throws Error when the file is not such a network */
  static async open(path: string, tags: number): Promise<RowNetwork> {
    return new RowNetwork(await Session.open(path, ['gates', 'forms'], 'emissions'), tags)
  }

  /**
   * Runs a batch of at least one row of at least one token. Blocks its thread.
   * @param batch whose forms are indices of the gates
   */
  async run({ values, count, width }: Gates, batch: PackedBatch): Promise<Emissions> {
    const { rows, time } = batch
    if (rows === 0 || time === 0) throw new Error('An empty batch reached the network. This is a bug.')
    const emissions = await this.#session.run({
      gates: { values, shape: [count, width] },
      forms: { values: batch.forms, shape: [rows, time] }
    })
    if (emissions.shape.join() !== [rows, time, this.#tags].join()) {
      throw new Error(`The network answered with the shape ${emissions.shape.join()}. This is a bug.`)
    }
    return { values: emissions.values, time }
  }

  async close(): Promise<void> {
    await this.#session.close()
  }
}
