import type { AnalyzedText, FoundEntity } from '../analysis.ts'
import type { Entity } from '../schemas/entity.ts'
import type { Recognized } from '../schemas/ner.ts'
import type { Span } from '../span.ts'
import { type OffsetUnit, offsetsIn } from '../text.ts'

/** The wire form of an analysis: entities get their text from the caller's own, and offsets the unit that was asked for. */
export function toRecognized(text: string, analyzed: AnalyzedText, unit: OffsetUnit): Recognized {
  const { entities, relations, sentences, tokens, cutSentences } = analyzed
  const toSpan = converter(text, analyzed, unit)
  return {
    entities: entities.map(entity => toEntity(text, entity, toSpan)),
    ...(relations && { relations }),
    ...(sentences && { sentences: sentences.map(toSpan) }),
    ...(tokens && { tokens: tokens.map(toSpan) }),
    ...(cutSentences.length > 0 && {
      warnings: cutSentences.map(span => ({ code: 'sentence_split' as const, ...toSpan(span) }))
    })
  }
}

type ToSpan = (span: Span) => Span

function toEntity(text: string, found: FoundEntity, toSpan: ToSpan): Entity {
  const { start, end, label, confidence, assertion, section } = found
  const entity: Entity = { ...toSpan(found), text: text.slice(start, end), label, confidence }
  if (assertion) {
    const { status, cue } = assertion
    entity.assertion = { status, ...(cue && { cue: quote(text, cue, toSpan) }) }
  }
  if (section) entity.section = quote(text, section, toSpan)
  return entity
}

function quote(text: string, span: Span, toSpan: ToSpan): Span & { text: string } {
  return { ...toSpan(span), text: text.slice(span.start, span.end) }
}

/** Converts the spans of an analysis. Cues and headers come in any order, so all are sorted for one pass over the text. */
function converter(text: string, analyzed: AnalyzedText, unit: OffsetUnit): ToSpan {
  if (unit === 'utf16') return ({ start, end }) => ({ start, end })
  const { entities, sentences = [], tokens = [], cutSentences } = analyzed
  const around = entities.flatMap(({ assertion, section }) => [assertion?.cue, section])
  const offsets = [...entities, ...around, ...sentences, ...tokens, ...cutSentences]
    .flatMap(span => (span ? [span.start, span.end] : []))
    .sort((a, b) => a - b)
  const convert = offsetsIn(unit, text)
  const converted = new Map(offsets.map(offset => [offset, convert(offset)]))
  const at = (offset: number): number => converted.get(offset) as number
  return ({ start, end }) => ({ start: at(start), end: at(end) })
}
