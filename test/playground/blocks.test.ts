import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockKey, toBlocks, toSegments } from '../../src/playground/blocks.ts'

/** Texts of several blocks, with and without lines, and spans in them that do not overlap. */
const notes = fc
  .tuple(
    fc.array(fc.constantFrom('word ', 'x\n', '\u{1F600}', 'long'.repeat(600), ' ', '\n', 'ab'.repeat(5000)), {
      maxLength: 60
    }),
    fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 900 })), { maxLength: 40 })
  )
  .map(([parts, gaps]) => {
    const text = parts.join('')
    const spans = []
    let at = 0
    for (const [gap, length] of gaps) {
      const start = at + gap
      if (start + length > text.length) break
      at = start + length
      spans.push({ start, end: at })
    }
    return { text, spans }
  })

test('blocks and their segments are the note, whole and in order, and every entity is one segment', () => {
  fc.assert(
    fc.property(notes, ({ text, spans }) => {
      const segments = toBlocks(text, spans).flatMap(block => toSegments(text, spans, block))
      expect(segments.map(segment => segment.text).join('')).toBe(text)
      expect(segments.every(segment => segment.text !== '')).toBe(true)
      const entities = segments.filter(({ entity }) => entity !== undefined)
      expect(entities.map(({ entity }) => entity)).toEqual(spans.map((_, index) => index))
      expect(entities.map(segment => segment.text)).toEqual(
        spans.map(({ start, end }) => text.slice(start, end))
      )
    })
  )
})

test('no block is longer than its limit, but for an entity at its end', () => {
  fc.assert(
    fc.property(notes, ({ text, spans }) => {
      for (const { start, end, last } of toBlocks(text, spans)) {
        const limit = start + 8_001
        expect(end <= limit || (last > 0 && spans[last - 1].end === end)).toBe(true)
      }
    })
  )
})

test('a block ends with a line, else with a word, else anywhere but within a character', () => {
  const ends = (text: string): string[] => toBlocks(text, []).map(({ end }) => text.slice(end - 3, end))
  expect(ends(`${'a '.repeat(1500)}.\n${'b '.repeat(1500)}`)).toEqual([' .\n', ' b '])
  expect(ends(`${'cd '.repeat(3000)}`)).toEqual(['cd ', 'cd '])
  expect(ends(`x${'\u{1F600}'.repeat(4001)}`)[0]).toBe('\ude00\ud83d\ude00')
})

test('an empty note has no blocks', () => {
  expect(toBlocks('', [])).toEqual([])
})

test('an edit leaves the keys of the other blocks as they are', () => {
  const paragraph = `${'The patient takes aspirin daily. '.repeat(20)}\n`
  const keys = (text: string): string[] => {
    const entities = Array.from(text.matchAll(/aspirin/g), ({ index }) => ({
      start: index,
      end: index + 7,
      text: 'aspirin',
      label: 'Drug_Name',
      confidence: 0.9
    }))
    return toBlocks(text, entities).map(block => blockKey(text, entities, block))
  }
  const before = keys(paragraph.repeat(40))
  const after = keys(`Edited. ${paragraph.repeat(40)}`)
  expect(before.length).toBeGreaterThan(5)
  expect(after.slice(1)).toEqual(before.slice(1))
  expect(after[0]).not.toBe(before[0])
})
