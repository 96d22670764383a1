import type { AnalyzedText } from '../analysis.ts'
import type { Recognized } from '../schemas/ner.ts'

/** The wire form of an analysis: entities get their text from the caller's own. */
export function toRecognized(
  text: string,
  { entities, sentences, tokens, cutSentences }: AnalyzedText
): Recognized {
  return {
    entities: entities.map(({ start, end, label, confidence }) => ({
      start,
      end,
      text: text.slice(start, end),
      label,
      confidence
    })),
    ...(sentences && { sentences }),
    ...(tokens && { tokens }),
    ...(cutSentences.length > 0 && {
      warnings: cutSentences.map(({ start, end }) => ({ code: 'sentence_split' as const, start, end }))
    })
  }
}
