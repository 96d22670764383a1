import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenize } from '../../src/pipeline/tokens.ts'
import { toRecognized } from '../../src/recognition/recognized.ts'
import { type OffsetUnit, offsetUnits } from '../../src/text.ts'
import { arbitraryText, repeatable } from '../helpers/arbitrary-text.ts'

/** What a program does that counts in the unit. */
const slices: Readonly<Record<OffsetUnit, (text: string, start: number, end: number) => string>> = {
  utf16: (text, start, end) => text.slice(start, end),
  codepoint: (text, start, end) => Array.from(text).slice(start, end).join(''),
  utf8: (text, start, end) => Buffer.from(text).subarray(start, end).toString()
}

/** As any encoder writes it: U+FFFD for halves of surrogate pairs. */
function encoded(text: string): string {
  return Buffer.from(text).toString()
}

/** The tokens of a text as what was found in it: every span that an entity can begin or end with. */
function analyze(text: string) {
  const { count, starts, ends } = tokenize(text)
  const spans = Array.from({ length: count }, (_, i) => ({ start: starts[i], end: ends[i] }))
  return {
    entities: spans.map(span => ({ ...span, label: 'Drug_Name', confidence: 1 })),
    sentences: spans,
    tokens: spans,
    cutSentences: spans
  }
}

describe('the wire form', () => {
  test.each(offsetUnits)('has spans that are the text of their entity, in any text: %s', unit => {
    fc.assert(
      fc.property(arbitraryText, text => {
        const analyzed = analyze(text)
        const { entities, ...others } = toRecognized(text, analyzed, unit)
        entities.forEach((entity, i) => {
          const { start, end } = analyzed.entities[i]
          expect(entity.text).toBe(text.slice(start, end))
          expect(encoded(slices[unit](text, entity.start, entity.end))).toBe(encoded(entity.text))
        })
        const spans = entities.map(({ start, end }) => ({ start, end }))
        expect(others.sentences).toEqual(spans)
        expect(others.tokens).toEqual(spans)
        expect((others.warnings ?? []).map(({ start, end }) => ({ start, end }))).toEqual(spans)
      }),
      { ...repeatable, numRuns: 300 }
    )
  })

  test('has what was asked for, and warnings only where there are any', () => {
    expect(toRecognized('x', { entities: [], cutSentences: [] }, 'utf16')).toEqual({ entities: [] })
  })
})
