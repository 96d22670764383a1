import type { AnalyzedText, FoundEntity } from '../analysis.ts'
import type { Entity } from '../schemas/entity.ts'
import type { Recognized } from '../schemas/ner.ts'
import type { Span } from '../span.ts'
import { type OffsetUnit, offsetsIn } from '../text.ts'

type Convert = (offset: number) => number

/** The wire form of an analysis: entities get their text from the caller's own, and offsets the unit that was asked for. */
export function toRecognized(text: string, analyzed: AnalyzedText, unit: OffsetUnit): Recognized {
  const { entities, relations, sentences, tokens, cutSentences } = analyzed
  const convert = converter(text, analyzed, unit)
  const toSpan = ({ start, end }: Span): Span => ({ start: convert(start), end: convert(end) })
  return {
    entities: entities.map(entity => toEntity(text, entity, convert)),
    ...(relations && { relations }),
    ...(sentences && { sentences: sentences.map(toSpan) }),
    ...(tokens && { tokens: tokens.map(toSpan) }),
    ...(cutSentences.length > 0 && {
      warnings: cutSentences.map(span => ({ code: 'sentence_split' as const, ...toSpan(span) }))
    })
  }
}

/** Member by member: a large text has 100,000, and spreading would take several times as long. */
function toEntity(text: string, found: FoundEntity, convert: Convert): Entity {
  const { start, end, label, confidence, assertion, section } = found
  const entity: Entity = {
    start: convert(start),
    end: convert(end),
    text: text.slice(start, end),
    label,
    confidence
  }
  if (assertion) {
    const { status, cue } = assertion
    entity.assertion = cue ? { status, cue: quote(text, cue, convert) } : { status }
  }
  if (section) entity.section = quote(text, section, convert)
  return entity
}

function quote(text: string, { start, end }: Span, convert: Convert): Span & { text: string } {
  return { start: convert(start), end: convert(end), text: text.slice(start, end) }
}

/** Converts the offsets of an analysis. Cues and headers come in any order, so all are sorted for one pass over the text. */
function converter(text: string, analyzed: AnalyzedText, unit: OffsetUnit): Convert {
  if (unit === 'utf16') return offset => offset
  const { entities, sentences = [], tokens = [], cutSentences } = analyzed
  const around = entities.flatMap(({ assertion, section }) => [assertion?.cue, section])
  const offsets = [...entities, ...around, ...sentences, ...tokens, ...cutSentences]
    .flatMap(span => (span ? [span.start, span.end] : []))
    .sort((a, b) => a - b)
  const convert = offsetsIn(unit, text)
  const converted = new Map(offsets.map(offset => [offset, convert(offset)]))
  return offset => converted.get(offset) as number
}
