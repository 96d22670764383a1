import { fictitiousNotes, seededRandom } from '../src/benchmark/notes.ts'
import { makeRows } from '../src/pipeline/rows.ts'
import { splitSentences } from '../src/pipeline/sentences.ts'
import { tokenize } from '../src/pipeline/tokens.ts'
import { estimateCost } from '../src/recognition/cost.ts'

/** Long texts are made of notes of so many words, each of which has at least so many characters on average. */
const PAGE_WORDS = 500
const UNITS_PER_WORD = 4
/** About what the service gives a worker at once when enough is waiting. */
const DISPATCH_TOKENS = 6000

/** Fictitious notes of exactly `tokens` tokens each, all different. */
export function notesOf(tokens: number, count: number): string[] {
  // A word is at least a token.
  return fictitiousNotes(count, tokens, tokens).map(note => firstTokens(note, tokens))
}

/** Fictitious texts of `shortest` to `longest` tokens: as many of 20 to 40 as of 200 to 400. */
export function mixedNotes(count: number, shortest: number, longest: number): string[] {
  const random = seededRandom(count)
  const lengths = Array.from({ length: count }, () => Math.round(shortest * (longest / shortest) ** random()))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const source = fictitiousNotes(Math.ceil(total / PAGE_WORDS), PAGE_WORDS, count).join('\n\n')
  const { starts, ends } = tokenize(source)
  let first = 0
  return lengths.map(length => {
    const text = source.slice(starts[first], ends[first + length - 1])
    first += length
    return text
  })
}

/** A fictitious text of exactly `length` UTF-16 units, as if many notes had been pasted together. */
export function longText(length: number): string {
  const pages = Math.ceil(length / (PAGE_WORDS * UNITS_PER_WORD))
  return fictitiousNotes(pages, PAGE_WORDS, length).join('\n\n').slice(0, length)
}

/** Texts in their order, as a worker of a busy service is given them. */
export function dispatchesOf(texts: readonly string[]): string[][] {
  const dispatches: string[][] = []
  let cost = DISPATCH_TOKENS
  for (const text of texts) {
    cost += estimateCost(text)
    if (cost > DISPATCH_TOKENS) {
      dispatches.push([])
      cost = estimateCost(text)
    }
    dispatches[dispatches.length - 1].push(text)
  }
  return dispatches
}

/** Cells that the rows of texts fill, separators of sentences included: what the network must compute. */
export function rowCells(texts: readonly string[], rowTokens: number): number {
  const rows = texts.flatMap((text, i) => makeRows(i, splitSentences(text, tokenize(text)), rowTokens))
  return rows.reduce((sum, { length }) => sum + length, 0)
}

function firstTokens(note: string, count: number): string {
  return note.slice(0, tokenize(note).ends[count - 1])
}
