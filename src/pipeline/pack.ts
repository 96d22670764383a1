import type { PackedBatch } from '../tensors.ts'
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
  /** [tokens] numbers of forms */
  readonly forms: Int32Array
}

/**
 * What a run of the network costs, in steps of one row, as measured on processors with AVX2 and AVX-512: each step has the
 * overhead of its operators, and goes through all weights once for every six rows, which take as long as so many rows more.
 */
const PER_STEP = 2.3
const ROWS_TOGETHER = 6
const PER_PASS = 1.7
/** The call itself. */
const PER_RUN = 5

function costOf(rows: number, time: number): number {
  return PER_RUN + time * (PER_STEP + rows + PER_PASS * Math.ceil(rows / ROWS_TOGETHER))
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

/** Tensors of packed rows; sentences of a row have `separator` between them, cells beyond its end hold form 0, which is padding. */
export function fillBatch(
  { rows, time }: PackedRows,
  texts: readonly EncodedText[],
  separator: number
): PackedBatch {
  const forms = new Int32Array(rows.length * time)
  rows.forEach(({ text, first, last }, row) => {
    const { sentences, forms: own } = texts[text]
    let cell = row * time
    for (let sentence = first; sentence < last; sentence++) {
      if (sentence > first) forms[cell++] = separator
      const end = sentences.bounds[sentence + 1]
      for (let token = sentences.bounds[sentence]; token < end; token++) forms[cell++] = own[token]
    }
  })
  return { rows: rows.length, time, forms }
}
