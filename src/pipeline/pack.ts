import type { PackedBatch } from '../tensors.ts'
import type { FormTable } from './forms.ts'
import type { Row } from './rows.ts'
import type { Sentences } from './sentences.ts'

/** Rows of like length, padded to the longest of them. */
export interface PackedRows {
  readonly rows: readonly Row[]
  /** longest row */
  readonly time: number
}

/** A text as the pipeline left it. */
export interface EncodedText {
  readonly sentences: Sentences
  /** [tokens] numbers in the form table */
  readonly forms: Int32Array
}

/**
 * Groups rows by length under a budget of padded cells (rows x longest row). A row longer than the budget is a
 * group of its own.
 */
export function packRows(rows: readonly Row[], budget: number): PackedRows[] {
  const sorted = [...rows].sort((a, b) => b.length - a.length)
  const packed: PackedRows[] = []
  for (let first = 0; first < sorted.length; ) {
    const time = sorted[first].length
    const count = Math.max(1, Math.floor(budget / time))
    packed.push({ rows: sorted.slice(first, first + count), time })
    first += count
  }
  return packed
}

/** Fills batches from a form table; keeps its scratch memory between them. */
export class BatchFiller {
  readonly #table: FormTable
  /** [forms of the table] number of a form in the batch at hand plus 1, 0 for a form not in it */
  #numbers = new Int32Array(0)

  constructor(table: FormTable) {
    this.#table = table
  }

  /** Tensors of packed rows; cells beyond the end of a row hold form 0. */
  fill({ rows, time }: PackedRows, texts: readonly EncodedText[]): PackedBatch {
    const table = this.#table
    if (this.#numbers.length < table.wordIds.length) this.#numbers = new Int32Array(table.wordIds.length)
    const numbers = this.#numbers
    const forms = new Int32Array(rows.length * time)
    const lengths = new Int32Array(rows.length)
    const used: number[] = []
    const number = (form: number): number => {
      if (numbers[form] === 0) numbers[form] = used.push(form)
      return numbers[form] - 1
    }
    for (let row = 0; row < rows.length; row++) {
      const { text, first, last, length } = rows[row]
      const { sentences, forms: own } = texts[text]
      let cell = row * time
      for (let sentence = first; sentence < last; sentence++) {
        if (sentence > first) forms[cell++] = number(table.separator)
        const end = sentences.bounds[sentence + 1]
        for (let token = sentences.bounds[sentence]; token < end; token++) forms[cell++] = number(own[token])
      }
      lengths[row] = length
    }
    for (const form of used) numbers[form] = 0
    return { rows: rows.length, time, forms, lengths, ...this.#lookUp(used) }
  }

  #lookUp(used: readonly number[]) {
    const { wordIds: words, characterIds: all, charactersPerForm: characters } = this.#table
    const wordIds = new Int32Array(used.length)
    const characterIds = new Int32Array(used.length * characters)
    for (let i = 0; i < used.length; i++) {
      const from = used[i] * characters
      wordIds[i] = words[used[i]]
      for (let at = 0; at < characters; at++) characterIds[i * characters + at] = all[from + at]
    }
    return { formCount: used.length, wordIds, characterIds, characters }
  }
}
