import type { AnalyzedText, FoundEntity } from '../analysis.ts'
import type { Entity } from '../schemas/entity.ts'
import type { Recognized } from '../schemas/ner.ts'
import type { Span } from '../span.ts'

/** The wire form of an analysis: entities get their text from the caller's own. */
export function toRecognized(
  text: string,
  { entities, relations, sentences, tokens, cutSentences }: AnalyzedText
): Recognized {
  return {
    entities: entities.map(entity => toEntity(text, entity)),
    ...(relations && { relations }),
    ...(sentences && { sentences }),
    ...(tokens && { tokens }),
    ...(cutSentences.length > 0 && {
      warnings: cutSentences.map(({ start, end }) => ({ code: 'sentence_split' as const, start, end }))
    })
  }
}

function toEntity(text: string, { start, end, label, confidence, assertion, section }: FoundEntity): Entity {
  const entity: Entity = { start, end, text: text.slice(start, end), label, confidence }
  if (assertion) {
    const { status, cue } = assertion
    entity.assertion = { status, ...(cue && { cue: quote(text, cue) }) }
  }
  if (section) entity.section = quote(text, section)
  return entity
}

function quote(text: string, { start, end }: Span): Span & { text: string } {
  return { start, end, text: text.slice(start, end) }
}
