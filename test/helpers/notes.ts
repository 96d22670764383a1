import { readFileSync } from 'node:fs'

export interface Note {
  readonly id: string
  readonly text: string
}

/** The fictitious notes of the fixtures: CRLF, astral characters, lone surrogates, ALL CAPS, one line, lists. */
export const notes: readonly Note[] = readFileSync(
  new URL('../fixtures/notes.jsonl', import.meta.url),
  'utf8'
)
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line))

/** A note with many entities. */
export const note = notes[0].text
