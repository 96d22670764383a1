import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AFTER_NEWLINE, AFTER_SPACE, DOTTED, type Tokens, tokenize } from '../../src/pipeline/tokens.ts'
import { arbitraryText, repeatable } from '../helpers/arbitrary-text.ts'

interface Token {
  readonly start: number
  readonly end: number
  readonly flags: number
}

function listed({ count, starts, ends, flags }: Tokens): Token[] {
  return Array.from({ length: count }, (_, i) => ({ start: starts[i], end: ends[i], flags: flags[i] }))
}

function spelled(text: string): string[] {
  return listed(tokenize(text)).map(({ start, end }) => text.slice(start, end))
}

function shifted(tokens: readonly Token[], by: number): Token[] {
  return tokens.map(({ start, end, flags }) => ({ start: start + by, end: end + by, flags }))
}

describe('the tokens of a text', () => {
  test.each([
    // age and numbers
    ['a 21-day-old girl', ['a', '21', '-', 'day', '-', 'old', 'girl']],
    ['T 98.6', ['T', '98.6']],
    ['platelets 1,200', ['platelets', '1,200']],
    ['WBC 12,345,678', ['WBC', '12,345,678']],
    ['leads 1,2', ['leads', '1', ',', '2']],
    ['in 1,2000', ['in', '1', ',', '2000']],
    ['gave .5 mg', ['gave', '.5', 'mg']],
    ['dated 3.5.2', ['dated', '3.5.2']],
    ['0.5%', ['0.5', '%']],
    ['127/72', ['127', '/', '72']],
    ['BP121/66', ['BP121', '/', '66']],
    ['a 0.25cm nodule', ['a', '0.25cm', 'nodule']],
    ['37.2°C', ['37.2', '°', 'C']],
    ['titer 1:10,000', ['titer', '1', ':', '10,000']],
    ['5\'7"', ['5', "'", '7', '"']],
    ['٣ tablets, ２５ mg', ['٣', 'tablets', ',', '２５', 'mg']],
    // names of levels, tests and diseases
    ['C3-C4', ['C3', '-', 'C4']],
    ['T2DM', ['T2DM']],
    ['HbA1c', ['HbA1c']],
    ['s/p CABG x4', ['s', '/', 'p', 'CABG', 'x4']],
    // abbreviations with periods
    ['1 tab p.o. b.i.d.', ['1', 'tab', 'p.o.', 'b.i.d.']],
    ['q.6h.', ['q.6h.']],
    ['q4h', ['q4h']],
    ['at 3 p.m, e.g. today', ['at', '3', 'p.m', ',', 'e.g.', 'today']],
    ['a Ph.D. student', ['a', 'Ph.D.', 'student']],
    ['Ph. high', ['Ph', '.', 'high']],
    ['A.B. Carver', ['A.B.', 'Carver']],
    ['Dr.Smith', ['Dr', '.', 'Smith']],
    ['S.pneumoniae', ['S', '.', 'pneumoniae']],
    ['Afebrile.', ['Afebrile', '.']],
    ['stable...', ['stable', '.', '.', '.']],
    // apostrophes
    ["the patient's son", ['the', 'patient', "'s", 'son']],
    ["THE PATIENT'S SON", ['THE', 'PATIENT', "'S", 'SON']],
    ['the patient’s son', ['the', 'patient', '’s', 'son']],
    ["the patients' sons", ['the', 'patients', "'", 'sons']],
    ["She didn't eat", ['She', "didn't", 'eat']],
    ['She didn’t eat', ['She', 'didn’t', 'eat']],
    ["Ms. O'Shea", ['Ms', '.', "O'Shea"]],
    ["he said 's' twice", ['he', 'said', "'", 's', "'", 'twice']],
    // outside ASCII
    ['pt 👨‍👩‍👧 here', ['pt', '👨‍', '👩‍', '👧', 'here']],
    ['❤️ rate', ['❤️', 'rate']],
    ['re\u0301sume\u0301', ['re\u0301sume\u0301']],
    ['%\u0301x', ['%\u0301', 'x']],
    ['\u0301x', ['\u0301', 'x']],
    ['𠀀𠀁 pain', ['𠀀𠀁', 'pain']],
    ['שלום: כאב', ['שלום', ':', 'כאב']],
    // separators
    ['a\0b', ['a', 'b']],
    ['\ufeffBP', ['BP']],
    ['500\u00a0mg', ['500', 'mg']],
    ['a\u200bb', ['a', 'b']],
    ['PLAN:\r\nrest', ['PLAN', ':', 'rest']],
    ['a\u2028b\u2029c\u0085d', ['a', 'b', 'c', 'd']],
    ['a\tb\vc\fd', ['a', 'b', 'c', 'd']],
    // halves of a pair
    ['a\ud83db', ['a', '\ud83d', 'b']],
    ['\ude00\ud83d', ['\ude00', '\ud83d']],
    // nothing
    ['', []],
    [' \r\n\t', []]
  ])('of %j are %j', (text, expected) => {
    expect(spelled(text)).toEqual(expected)
  })

  // Defects that were reported; each title says what should hold.
  test('a decimal without its zero is one token at the start of a text too', () => {
    expect(spelled('.5 mg')).toEqual(['.5', 'mg'])
  })

  test('a decimal without its zero is one token after a bracket or a sign too', () => {
    expect(spelled('troponin (<.01)')).toEqual(['troponin', '(', '<', '.01', ')'])
  })

  test('an abbreviation before a lost space ends before the next sentence', () => {
    expect(spelled('Take q.d.She agrees')).toEqual(['Take', 'q.d.', 'She', 'agrees'])
  })

  test('a dotted abbreviation does not end inside a character or a word', () => {
    expect(spelled('p.re\u0301')).not.toContain('\u0301')
    expect(spelled('a.né')).not.toContain('é')
  })

  test('a possessive is seen after an astral letter too', () => {
    expect(spelled("𠀀's")).toEqual(['𠀀', "'s"])
  })
})

describe('the flags of tokens', () => {
  test('tell what stands before a token', () => {
    const flags = listed(tokenize('BP: 120\n\nT \r\n98.6')).map(token => token.flags)
    const afterLine = AFTER_NEWLINE | AFTER_SPACE
    expect(flags).toEqual([0, 0, AFTER_SPACE, afterLine, afterLine])
  })

  test('take leading white space into account', () => {
    expect(tokenize(' x').flags[0]).toBe(AFTER_SPACE)
    expect(tokenize('x').flags[0]).toBe(0)
  })

  test('mark abbreviations that carry their own periods', () => {
    const text = 'Lasix p.o. b.i.d daily.'
    const dotted = listed(tokenize(text)).filter(({ flags }) => flags & DOTTED)
    expect(dotted.map(({ start, end }) => text.slice(start, end))).toEqual(['p.o.', 'b.i.d'])
  })
})

describe('for any sequence of UTF-16 units', () => {
  const always = (predicate: (text: string, tokens: Token[]) => boolean | undefined): void =>
    fc.assert(
      fc.property(arbitraryText, text => predicate(text, listed(tokenize(text)))),
      repeatable
    )

  test('tokens are ordered, not empty, disjoint and inside the text', () => {
    always((text, tokens) => {
      let last = 0
      return tokens.every(({ start, end }) => {
        const right = start >= last && end > start && end <= text.length
        last = end
        return right
      })
    })
  })

  test('no token starts or ends inside a surrogate pair', () => {
    const inside = (text: string, at: number): boolean =>
      /[\ud800-\udbff]/.test(text[at - 1] ?? '') && /[\udc00-\udfff]/.test(text[at] ?? '')
    always((text, tokens) => tokens.every(({ start, end }) => !inside(text, start) && !inside(text, end)))
  })

  test('between tokens stand only white space and control characters, and no token holds any', () => {
    const blank = /^[\p{Z}\p{Cc}\ufeff\u200b]*$/u
    const anyBlank = /[\p{Z}\p{Cc}\ufeff\u200b]/u
    always((text, tokens) => {
      let last = 0
      for (const { start, end } of tokens) {
        if (!blank.test(text.slice(last, start)) || anyBlank.test(text.slice(start, end))) return false
        last = end
      }
      return blank.test(text.slice(last))
    })
  })

  test('gaps and tokens joined give the text back', () => {
    always((text, tokens) => {
      let joined = ''
      for (const { start, end } of tokens) {
        joined += text.slice(joined.length, start)
        joined += text.slice(start, end)
      }
      return joined + text.slice(joined.length) === text
    })
  })

  test('flags agree with the gap before the token', () => {
    always((text, tokens) => {
      let last = 0
      return tokens.every(({ start, end, flags }) => {
        const gap = text.slice(last, start)
        last = end
        return (
          ((flags & AFTER_SPACE) !== 0) === gap.length > 0 &&
          ((flags & AFTER_NEWLINE) !== 0) === /[\n\r\v\f\u0085\u2028\u2029]/.test(gap)
        )
      })
    })
  })

  test('what stands before a newline does not depend on what follows, nor the other way round', () => {
    fc.assert(
      fc.property(arbitraryText, arbitraryText, (before, after) => {
        const joined = listed(tokenize(`${before}\n${after}`))
        const alone = listed(tokenize(before))
        const rest = shifted(listed(tokenize(`\n${after}`)), before.length)
        expect(joined).toEqual([...alone, ...rest])
      }),
      repeatable
    )
  })
})
