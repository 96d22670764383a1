import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AnalyzedText } from '../../src/analysis.ts'
import { fromColumns, toColumns } from '../../src/workers/columns.ts'

const span = fc.record({ start: fc.nat(), end: fc.nat() })
const entity = fc.record({
  start: fc.nat(),
  end: fc.nat(),
  label: fc.string(),
  // As the engine rounds them.
  confidence: fc.double({ min: 0, max: 1, noNaN: true }).map(value => Math.round(value * 1e6) / 1e6)
})
const analyzedText: fc.Arbitrary<AnalyzedText> = fc.record(
  {
    entities: fc.array(entity),
    sentences: fc.array(span),
    tokens: fc.array(span),
    cutSentences: fc.array(span)
  },
  { requiredKeys: ['entities', 'cutSentences'] }
)

test('what was found in texts is the same after its way as columns', () => {
  fc.assert(
    fc.property(fc.array(analyzedText), texts => {
      expect(fromColumns(JSON.parse(JSON.stringify(toColumns(texts))))).toEqual(texts)
    })
  )
})

test('every confidence that there can be survives', () => {
  for (let step = 0; step <= 1e6; step++) {
    const confidence = step / 1e6
    if (Math.round(confidence * 1e6) / 1e6 !== confidence) expect.fail(`${confidence} does not`)
  }
})
