import type { Span } from '../span.ts'
import type { Mention } from './mention.ts'

/** Units before and after a header in which its place in the line shows. */
const MARGIN = 12

/**
 * The header that governs each mention: the nearest before it. A `Section_Name` is a header when it begins a line or
 * a sentence, or when a colon, a dash or the end of the line follows it; elsewhere the note only speaks of a section.
 * A header itself has none.
 * @param mentions in the order of the text
 */
export function sectionsOf(text: string, mentions: readonly Mention[]): (Span | undefined)[] {
  let governing: Span | undefined
  return mentions.map(({ start, end, label }) => {
    if (label !== 'Section_Name') return governing
    if (isHeader(text, start, end)) governing = { start, end }
    return undefined
  })
}

function isHeader(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - MARGIN), start)
  const after = text.slice(end, end + MARGIN)
  return (
    /^[ \t]*(?:[:\r\n\u2013\u2014-]|$)/.test(after) ||
    /(?:[\r\n][^\p{L}\r\n]*|[.:;!?][ \t]+)$/u.test(before) ||
    (start < MARGIN && /^[^\p{L}]*$/u.test(before))
  )
}
