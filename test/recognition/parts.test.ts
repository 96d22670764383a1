import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenize } from '../../src/pipeline/tokens.ts'
import { joinParts, partEnds, shareOut, splitTexts } from '../../src/recognition/parts.ts'
import { arbitraryText } from '../helpers/arbitrary-text.ts'

/** Text of at least `length` units, `unit` over and over. */
const repeated = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length))

/** Starts and ends of all tokens of the parts, in the text. */
function tokensOfParts(text: string): [number, number][] {
  return splitTexts([{ text }]).flatMap(({ text: part, offset }) => {
    const { count, starts, ends } = tokenize(part)
    return Array.from({ length: count }, (_, i): [number, number] => [starts[i] + offset, ends[i] + offset])
  })
}

function tokensOf(text: string): [number, number][] {
  const { count, starts, ends } = tokenize(text)
  return Array.from({ length: count }, (_, i): [number, number] => [starts[i], ends[i]])
}

describe('a text', () => {
  test('of the usual length is one part', () => {
    for (const length of [0, 1, 5000, 12_288]) expect(partEnds('x'.repeat(length))).toEqual([length])
  })

  test('ends its parts after a newline', () => {
    const text = repeated('No acute distress. Lungs clear.\n', 50_000)
    const ends = partEnds(text)
    expect(ends.length).toBe(6)
    for (const end of ends) expect(text[end - 1]).toBe('\n')
  })

  test('on one line ends them after a sentence', () => {
    const text = repeated('Pt. denies fever of 101.5 today. ', 50_000)
    for (const end of partEnds(text).slice(0, -1)) {
      expect(text.slice(end - 2, end + 2)).toBe('. Pt')
    }
  })

  test('without sentences ends them after white space', () => {
    const text = repeated('fever cough ', 50_000)
    const ends = partEnds(text)
    expect(ends.length).toBe(6)
    for (const end of ends) expect(text[end - 1]).toBe(' ')
  })

  test('without white space stays whole, and ends a part at the first that comes', () => {
    expect(partEnds('x'.repeat(100_000))).toEqual([100_000])
    const text = `${'x'.repeat(30_000)} ${'y'.repeat(30_000)}`
    expect(partEnds(text)).toEqual([30_001, 60_001])
  })

  test('is cut at the same places whatever follows', () => {
    const text = repeated('No acute distress. Lungs clear.\n', 40_000)
    const ends = partEnds(text)
    expect(partEnds(text + repeated('Abdomen soft.\n', 40_000)).slice(0, ends.length - 1)).toEqual(
      ends.slice(0, -1)
    )
  })

  test('has the tokens of its parts, whatever it holds', () => {
    fc.assert(
      fc.property(arbitraryText, fc.constantFrom('\n', '. Aé', ' ', '\r\n', ''), (unit, between) => {
        const text = repeated(`${unit}${between}x`, 30_000)
        const ends = partEnds(text)
        expect(ends.at(-1)).toBe(text.length)
        expect(
          splitTexts([{ text }])
            .map(({ text: part }) => part)
            .join('')
        ).toBe(text)
        expect(tokensOfParts(text)).toEqual(tokensOf(text))
      }),
      { numRuns: 60 }
    )
  })
})

describe('parts', () => {
  test('are joined in order', () => {
    const analyzedAt = (start: number) => {
      const span = { start, end: start + 2 }
      const entity = { ...span, label: 'Drug_Name', confidence: 0.5 }
      return { entities: [entity], sentences: [span], cutSentences: [span] }
    }
    const [one, other] = [analyzedAt(1), analyzedAt(101)]
    expect(joinParts([one, other])).toEqual({
      entities: [...one.entities, ...other.entities],
      sentences: [...one.sentences, ...other.sentences],
      cutSentences: [...one.cutSentences, ...other.cutSentences]
    })
  })
})

describe('shares', () => {
  const note = repeated('No acute distress. ', 3000)

  test('are two of a text that is long enough to be worth it, at half of its cost each', () => {
    const parts = splitTexts([{ text: note }])
    const shares = shareOut(parts)
    expect(shares.map(({ share }) => share)).toEqual([
      { index: 0, of: 2 },
      { index: 1, of: 2 }
    ])
    for (const { text, cost, whole } of shares) {
      expect(text).toBe(note)
      expect(cost).toBe(parts[0].cost / 2)
      expect(whole).toBe(parts[0])
    }
  })

  test.each([
    ['a short text', ['No acute distress. '.repeat(20)]],
    ['two texts', [note, note]],
    ['a text of several parts', [repeated('No acute distress.\n', 50_000)]]
  ])('are not made of %s', (_what, texts) => {
    const parts = splitTexts(texts.map(text => ({ text })))
    expect(shareOut(parts)).toBe(parts)
  })

  test('are joined in the order of the text', () => {
    const entityAt = (start: number) => ({ start, end: start + 2, label: 'Drug_Name', confidence: 0.5 })
    const shares = [
      [1, 40, 80],
      [20, 60]
    ].map(starts => ({
      entities: starts.map(entityAt),
      cutSentences: []
    }))
    expect(joinParts(shares).entities).toEqual([1, 20, 40, 60, 80].map(entityAt))
  })
})
