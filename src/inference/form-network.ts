import type { FormIds, Gates } from '../tensors.ts'
import { Session } from './session.ts'

/** The part of the network that sees a token alone: word vector, character CNN and their products with the gates' weights. */
export class FormNetwork {
  readonly #session: Session

  private constructor(session: Session) {
    this.#session = session
  }

  /** @throws Error when the file is not such a network */
  static async open(path: string): Promise<FormNetwork> {
    return new FormNetwork(await Session.open(path, ['word_ids', 'character_ids'], 'gates'))
  }

  /** Gates of these forms, at least one, in their order. Blocks its thread. */
  async run(ids: FormIds, forms: readonly number[]): Promise<Gates> {
    if (forms.length === 0) throw new Error('No form reached the network. This is a bug.')
    const count = forms.length
    const characters = ids.charactersPerForm
    const characterIds = new Int32Array(count * characters)
    forms.forEach((form, i) => {
      characterIds.set(ids.characterIds.subarray(form * characters, (form + 1) * characters), i * characters)
    })
    const { values, shape } = await this.#session.run({
      word_ids: { values: Int32Array.from(forms, form => ids.wordIds[form]), shape: [count] },
      character_ids: { values: characterIds, shape: [count, characters] }
    })
    return { values, count, width: shape[1] }
  }

  async close(): Promise<void> {
    await this.#session.close()
  }
}
