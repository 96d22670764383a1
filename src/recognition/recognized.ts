import type { AnalyzedText } from '../analysis.ts'
import type { Recognized } from '../schemas/ner.ts'
import type { Span } from '../span.ts'
import { type OffsetUnit, offsetsIn } from '../text.ts'

/** The wire form of an analysis: entities get their text from the caller's own, and offsets the unit that was asked for. */
export function toRecognized(
  text: string,
  { entities, sentences, tokens, cutSentences }: AnalyzedText,
  unit: OffsetUnit
): Recognized {
  const convert = offsetsIn(unit, text)
  const toSpan = ({ start, end }: Span): Span => ({ start: convert(start), end: convert(end) })
  return {
    entities: entities.map(({ start, end, label, confidence }) => ({
      start: convert(start),
      end: convert(end),
      text: text.slice(start, end),
      label,
      confidence
    })),
    ...(sentences && { sentences: sentences.map(toSpan) }),
    ...(tokens && { tokens: tokens.map(toSpan) }),
    ...(cutSentences.length > 0 && {
      warnings: cutSentences.map(span => ({ code: 'sentence_split' as const, ...toSpan(span) }))
    })
  }
}
