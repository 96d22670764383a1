import { type CharacterVocabulary, UNKNOWN, type WordVocabulary } from '../model/vocabulary.ts'
import { type FormIds, PADDING } from '../tensors.ts'
import type { Tokens } from './tokens.ts'

/** Forms that a table should hold at most: with more, a new one is begun. */
export const KEPT_FORMS = 16_384
/** A longer token is not kept: it will not come again, and its text would fill the table. */
const KEPT_LENGTH = 40

/**
 * Word and character ids of token forms, computed once a form. The number of a form is its index here, from 1.
 */
export class FormTable implements FormIds {
  readonly #words: WordVocabulary
  readonly #characters: CharacterVocabulary
  readonly #numbers = new Map<string, number>()
  #count = PADDING + 1
  /** [forms] */
  wordIds = new Int32Array(1024)
  /** [forms, characters] */
  characterIds: Int32Array
  readonly separator: number

  constructor(words: WordVocabulary, characters: CharacterVocabulary) {
    this.#words = words
    this.#characters = characters
    this.characterIds = new Int32Array(1024 * characters.length)
    this.separator = this.#addSeparator()
  }

  get count(): number {
    return this.#count
  }

  get charactersPerForm(): number {
    return this.#characters.length
  }

  /** [tokens] form numbers of the tokens of a text */
  encode(text: string, tokens: Tokens): Int32Array {
    const forms = new Int32Array(tokens.count)
    for (let i = 0; i < tokens.count; i++)
      forms[i] = this.#number(text.slice(tokens.starts[i], tokens.ends[i]))
    return forms
  }

  /** How many of these forms are no word of the vocabulary. */
  countUnknown(forms: Int32Array): number {
    let count = 0
    for (const form of forms) if (this.wordIds[form] === UNKNOWN) count++
    return count
  }

  #number(token: string): number {
    const known = this.#numbers.get(token)
    if (known !== undefined) return known
    const number = this.#next()
    this.wordIds[number] = this.#words.id(token)
    this.#characters.write(token, this.characterIds, number * this.#characters.length)
    if (token.length <= KEPT_LENGTH) this.#numbers.set(token, number)
    return number
  }

  /** The separator has a word id and no characters. */
  #addSeparator(): number {
    const number = this.#next()
    this.wordIds[number] = this.#words.separator
    this.characterIds.fill(0, number * this.#characters.length, (number + 1) * this.#characters.length)
    return number
  }

  #next(): number {
    if (this.#count === this.wordIds.length) {
      const length = this.#characters.length
      const wordIds = new Int32Array(this.#count * 2)
      const characterIds = new Int32Array(this.#count * 2 * length)
      wordIds.set(this.wordIds)
      characterIds.set(this.characterIds)
      this.wordIds = wordIds
      this.characterIds = characterIds
    }
    return this.#count++
  }
}
