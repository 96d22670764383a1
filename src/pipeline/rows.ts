import type { Sentences } from './sentences.ts'

/** What the network reads at once: consecutive sentences of one text with a separator between them. */
export interface Row {
  /** index of the text in its dispatch */
  readonly text: number
  /** the sentences `first` to `last - 1` */
  readonly first: number
  readonly last: number
  /** tokens and separators */
  readonly length: number
}

/**
 * Joins consecutive sentences while they and their separators fit into `limit` tokens; a longer sentence is a row
 * of its own. Depends on nothing but the text, so that what a text is answered never depends on its neighbours.
 */
export function makeRows(text: number, sentences: Sentences, limit: number): Row[] {
  const rows: Row[] = []
  let first = 0
  let length = 0
  for (let sentence = 0; sentence < sentences.count; sentence++) {
    const tokens = sentences.bounds[sentence + 1] - sentences.bounds[sentence]
    if (sentence > first && length + 1 + tokens > limit) {
      rows.push({ text, first, last: sentence, length })
      first = sentence
    }
    length = sentence === first ? tokens : length + 1 + tokens
  }
  if (sentences.count > 0) rows.push({ text, first, last: sentences.count, length })
  return rows
}
