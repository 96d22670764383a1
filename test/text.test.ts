import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { codePointAt, offsetsIn, offsetUnits, utf16Offsets } from '../src/text.ts'
import { arbitraryText, repeatable } from './helpers/arbitrary-text.ts'

describe('codePointAt', () => {
  test.each([
    ['an ASCII letter', 'q.d.', 0, 0x71],
    ['a letter with an accent', 'é', 0, 0xe9],
    ['an astral character', 'x😀', 1, 0x1f600],
    ['the last code point there is', '\u{10ffff}', 0, 0x10ffff],
    ['the low half of a pair', '😀', 1, 0xde00],
    ['a high surrogate at the end', 'a\ud83d', 1, 0xd83d],
    ['a high surrogate before a letter', '\ud83da', 0, 0xd83d],
    ['a high surrogate before a pair', '\ud83d😀', 0, 0xd83d],
    ['a low surrogate alone', '\ude00a', 0, 0xde00],
    ['two low surrogates', '\ude00\ude00', 0, 0xde00]
  ])('reads %s', (_what, text, index, expected) => {
    expect(codePointAt(text, index)).toBe(expected)
  })

  test('agrees with the method of strings at every index of any text', () => {
    fc.assert(
      fc.property(arbitraryText, text => {
        for (let index = 0; index < text.length; index++) {
          if (codePointAt(text, index) !== text.codePointAt(index)) return false
        }
        return true
      }),
      repeatable
    )
  })
})

describe('utf16Offsets', () => {
  test.each([
    ['an empty text', ''],
    ['ASCII', 'Afebrile today.'],
    ['characters of the first plane', 'Naïve, 37.2°C, 漢字'],
    ['surrogates without partners', 'a\ud83d b\ude00']
  ])('is not needed for %s', (_what, text) => {
    expect(utf16Offsets(text)).toBeUndefined()
  })

  test('counts a pair as two units', () => {
    expect(Array.from(utf16Offsets('a😀b') ?? [])).toEqual([0, 1, 3, 4])
  })

  test('counts a lone surrogate as one code point beside pairs', () => {
    expect(Array.from(utf16Offsets('\ud83d😀\ude00') ?? [])).toEqual([0, 1, 3, 4])
  })

  test('has one entry for each code point of any text and one for its end', () => {
    fc.assert(
      fc.property(arbitraryText, text => {
        const points = Array.from(text)
        const expected = [0]
        for (const point of points) expected.push(expected[expected.length - 1] + point.length)
        const offsets = utf16Offsets(text)
        if (points.length === text.length) expect(offsets).toBeUndefined()
        else expect(Array.from(offsets ?? [])).toEqual(expected)
      }),
      repeatable
    )
  })
})

describe('offsetsIn', () => {
  const text = 'é😀\ud83d漢a'

  test.each([
    ['utf16', [0, 1, 3, 4, 5, 6]],
    ['codepoint', [0, 1, 2, 3, 4, 5]],
    ['utf8', [0, 2, 6, 9, 12, 13]]
  ] as const)('counts %s', (unit, expected) => {
    expect([0, 1, 3, 4, 5, 6].map(offsetsIn(unit, text))).toEqual(expected)
  })

  test.each(offsetUnits)('answers also what is not asked in order: %s', unit => {
    const ascending = [0, 1, 3, 4, 5, 6].map(offsetsIn(unit, text))
    expect([6, 5, 4, 3, 1, 0].map(offsetsIn(unit, text))).toEqual(ascending.toReversed())
  })

  test('agrees with encoders at every code point of any text', () => {
    fc.assert(
      fc.property(arbitraryText, text => {
        const utf8 = offsetsIn('utf8', text)
        const codepoint = offsetsIn('codepoint', text)
        let index = 0
        for (const [i, character] of Array.from(text).entries()) {
          expect(codepoint(index)).toBe(i)
          expect(utf8(index)).toBe(Buffer.byteLength(text.slice(0, index)))
          index += character.length
        }
        expect(codepoint(index)).toBe(Array.from(text).length)
        expect(utf8(index)).toBe(Buffer.byteLength(text))
      }),
      repeatable
    )
  })
})
