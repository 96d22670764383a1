import type { Span } from '../span.ts'
import type { Mention } from './mention.ts'

/** A line of at least so many UTF-16 units that has no full stop may go on in the next one. */
const WRAPPED_LENGTH = 50
/** Units at the end of a line in which its last word is looked for. */
const LAST_WORD = 8

/** Where a clause ends, as an index into the mentions and in the text. */
export interface ClauseEnd {
  readonly mention: number
  readonly text: number
}

/**
 * Ends of the clauses of a text, in order. A clause is a sentence, or the part of one from a header to the next. It is
 * joined with the next sentence where a line was wrapped: the line ends with a comma or a conjunction, or it is long
 * and the next begins with a small letter.
 * @param sentences in order, as the model saw them
 * @param mentions in order
 */
export function clauseEnds(
  text: string,
  sentences: readonly Span[],
  mentions: readonly Mention[]
): readonly ClauseEnd[] {
  const ends: ClauseEnd[] = []
  let mention = 0
  for (const [i, sentence] of sentences.entries()) {
    for (; mention < mentions.length && mentions[mention].start < sentence.end; mention++) {
      const { label, start } = mentions[mention]
      if (label === 'Section_Name') ends.push({ mention, text: start })
    }
    const following = sentences[i + 1]
    if (!following || !goesOn(text, sentence, following)) ends.push({ mention, text: sentence.end })
  }
  return ends
}

function goesOn(text: string, { start, end }: Span, following: Span): boolean {
  const tail = text.slice(Math.max(start, end - LAST_WORD), end)
  if (/[.!?:]$/.test(tail)) return false
  if (/(?:,|\s(?:and|or|nor))$/i.test(tail)) return true
  return end - start >= WRAPPED_LENGTH && /^\p{Ll}/u.test(text.slice(following.start, following.start + 2))
}
