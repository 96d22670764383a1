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
 * What a run of the network costs, in steps of one row, as measured on processors with AVX2 and AVX-512: at each step
 * the kernels of the runtime go through all weights once for every six rows, which takes as long as so many rows more.
 */
const ROWS_TOGETHER = 6
const PER_PASS = 1.7
/** The call itself. */
const PER_RUN = 5

function costOf(rows: number, time: number): number {
  return PER_RUN + time * (rows + PER_PASS * Math.ceil(rows / ROWS_TOGETHER))
}

/**
 * Groups rows by length under a budget of padded cells (rows x longest row), so that all runs together cost least. A
 * row longer than the budget is a group of its own.
 */
export function packRows(rows: readonly Row[], budget: number): PackedRows[] {
  const sorted = [...rows].sort((a, b) => b.length - a.length)
  /** least cost of the rows from an index on, and how many of them come first */
  const least = new Float64Array(sorted.length + 1)
  const counts = new Int32Array(sorted.length)
  for (let first = sorted.length - 1; first >= 0; first--) {
    const time = sorted[first].length
    const most = Math.min(sorted.length - first, Math.max(1, Math.floor(budget / time)))
    least[first] = Number.POSITIVE_INFINITY
    for (let count = 1; count <= most; count++) {
      const cost = costOf(count, time) + least[first + count]
      if (cost > least[first]) continue
      least[first] = cost
      counts[first] = count
    }
  }
  const packed: PackedRows[] = []
  for (let first = 0; first < sorted.length; first += counts[first]) {
    packed.push({ rows: sorted.slice(first, first + counts[first]), time: sorted[first].length })
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
