import { codePointAt } from '../text.ts'

export const PADDING = 0
export const UNKNOWN = 1
/** Stands between two sentences of a row. */
const SEPARATOR = '<s>'

/** Entries of a vocabulary file, one a line; the line number is the id, and 0 and 1 are padding and unknown. */
export function parseEntries(file: string, name: string): string[] {
  const entries = file.split('\n')
  if (entries.pop() !== '') throw new Error(`${name} does not end with a newline`)
  if (entries[PADDING] !== '<pad>' || entries[UNKNOWN] !== '<unk>') {
    throw new Error(`${name} does not start with <pad> and <unk>`)
  }
  if (new Set(entries).size !== entries.length) throw new Error(`${name} has an entry twice`)
  return entries
}

/** Words to ids, exactly as in training (training/ner/vocabulary.py). */
export class WordVocabulary {
  readonly #ids: ReadonlyMap<string, number>
  readonly separator: number

  constructor(entries: readonly string[]) {
    this.#ids = new Map(entries.map((entry, id) => [entry, id]))
    const separator = this.#ids.get(SEPARATOR)
    if (separator === undefined) throw new Error(`words.txt has no ${SEPARATOR}`)
    this.separator = separator
  }

  /** Id of the lower-cased token, else of its shape with digits as zero, else UNKNOWN. */
  id(token: string): number {
    const word = token.toLowerCase()
    return this.#ids.get(word) ?? this.#ids.get(word.replace(/[0-9]/g, '0')) ?? UNKNOWN
  }
}

/** Characters to ids, exactly as in training. */
export class CharacterVocabulary {
  readonly #ids: ReadonlyMap<number, number>
  /** Characters read of a token: of a longer one the first and the last half of this. */
  readonly length: number

  constructor(entries: readonly string[], length: number) {
    this.#ids = new Map(
      entries.slice(UNKNOWN + 1).map((entry, i) => [codePointAt(entry, 0), i + UNKNOWN + 1])
    )
    this.length = length
  }

  /** Writes `length` ids of the code points of `token` into `ids` from `offset` on. */
  write(token: string, ids: Int32Array, offset: number): void {
    const half = this.length / 2
    let count = 0
    for (let index = 0; index < token.length && count < this.length; count++) {
      const codePoint = codePointAt(token, index)
      ids[offset + count] = this.#ids.get(codePoint) ?? UNKNOWN
      index += codePoint > 0xffff ? 2 : 1
    }
    ids.fill(PADDING, offset + count, offset + this.length)
    if (count === this.length) this.#writeTail(token, ids, offset + half, half)
  }

  /** The last `half` code points; a token of exactly `length` writes what stands there already. */
  #writeTail(token: string, ids: Int32Array, offset: number, half: number): void {
    let index = token.length
    for (let count = half - 1; count >= 0; count--) {
      index -= isPair(token, index - 2) ? 2 : 1
      ids[offset + count] = this.#ids.get(codePointAt(token, index)) ?? UNKNOWN
    }
  }
}

function isPair(text: string, index: number): boolean {
  return index >= 0 && codePointAt(text, index) > 0xffff
}
