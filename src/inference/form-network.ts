import type { Features, FormIds } from '../tensors.ts'
import { Session } from './session.ts'

/** The part of the network that sees a token alone: word vector and character CNN. */
export class FormNetwork {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  /** @throws Error when the file is not such a network */
  static async open(path: string): Promise<FormNetwork> {
    return new FormNetwork(await Session.open(path, ['word_ids', 'character_ids'], 'features'))
  }

  /** Features of the forms `first` to `last - 1`, at least one. Blocks its thread. */
  async run(ids: FormIds, first: number, last: number): Promise<Features> {
    if (first >= last) throw new Error('No form reached the network. This is a bug.')
    const count = last - first
    const characters = ids.charactersPerForm
    const { values, shape } = await this.#session.run({
      word_ids: { values: ids.wordIds.subarray(first, last), shape: [count] },
      character_ids: {
        values: ids.characterIds.subarray(first * characters, last * characters),
        shape: [count, characters]
      }
    })
    return { values, count, width: shape[1] }
  }

  async close(): Promise<void> {
    await this.#session.close()
  }
}
