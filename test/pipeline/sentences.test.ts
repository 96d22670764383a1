import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_SENTENCE_TOKENS } from '../../src/pipeline/sentences.ts'
import { arbitraryText, repeatable } from '../helpers/arbitrary-text.ts'
import { split } from '../helpers/split.ts'

/** Each case is the sentences of a text; joined by spaces they are the text. */
function expectSentences(...sentences: readonly string[]): void {
  expect(split(sentences.join(' ')).spelled).toEqual(sentences)
}

describe('a period ends a sentence', () => {
  test.each([
    ['before a capital letter', ['Lungs are clear.', 'Heart is regular.']],
    ['before a number', ['He quit in 2009.', '2 stents were placed later.']],
    ['before a lower-case word in hasty dictation', ['She reports nausea.', 'no vomiting.']],
    ['after a decimal number', ['Temperature was 98.6.', 'Pulse was 72.']],
    ['after a fraction', ['Motor strength is 5/5.', 'Sensation is intact.']],
    ['after a unit', ['Weight is 83 kg.', 'Height is 172 cm.', 'BMI is 28.']],
    ['after a closing quote', ['He said, "I feel fine."', 'He went home.']],
    ['after a typographic quote', ['He said, “I feel fine.”', 'He went home.']],
    ['after a closing bracket', ['She was stable (see above.)', 'She was discharged.']],
    ['before an opening quote', ['What happened?', '"My chest hurts."', 'When did it start?']],
    ['after an ellipsis before a capital', ['Pain is improved...', 'She is walking.']],
    [
      'of an abbreviation before a word that opens one',
      ['Lisinopril 10 mg q.d.', 'She also takes metformin.']
    ],
    ['of a title at the end of a name', ['He was seen by Dr. Lin, M.D.', 'He agreed.']],
    ['of an abbreviation before a list number', ['Glucophage 500 mg b.i.d.', '3. Zocor 20 mg q.h.s.']],
    ['of an abbreviation before a header', ['Seen at 3 p.m.', 'DISPOSITION: Home.']],
    [
      'of an abbreviation before a header of several words',
      ['Seen at 3 p.m.', 'FINAL DISCHARGE DIAGNOSES: Gout.']
    ],
    ['after the letter of a disease', ['She has hepatitis C.', 'She denies jaundice.']],
    ['after a vitamin', ['She takes vitamin D.', 'Calcium was stopped.']],
    ['after an upper-case unit', ['Oxygen is at 2 L.', 'Saturation is 95%.']],
    ['after "No" as an answer', ['ALLERGIES: No.', 'He has none.']],
    ['after a shortened month before an opener', ['He quit in Jan.', 'He has not smoked since.']],
    ['after a stage', ['The tumor is stage III.', 'Chemotherapy was started.']]
  ])('%s', (_when, sentences) => {
    expectSentences(...sentences)
  })

  test('where the space after it was lost', () => {
    expect(split('No murmur was noted.The abdomen is soft.').spelled).toEqual([
      'No murmur was noted.',
      'The abdomen is soft.'
    ])
  })
})

describe('a period does not end a sentence', () => {
  test.each([
    ['of an abbreviation of route or frequency', 'Aspirin 81 mg p.o. daily and Plavix 75 mg q.d. with food.'],
    ['of an abbreviation before an unknown name', 'Lopressor 25 mg b.i.d. Lipitor 20 mg at night.'],
    ['of an abbreviation in capitals', 'ASPIRIN 81 MG P.O. DAILY.'],
    ['of a title', 'He was seen by Dr. Okafor and Mrs. Tran of St. Brigid Hospital.'],
    ['of vs', 'Laparoscopic vs. open repair was discussed.'],
    ['of vs before a capital', 'Keflex vs. Bactrim was discussed.'],
    ['inside a number', 'Hemoglobin was 9.8 today.'],
    ['of initials', 'John Q. Halloran was admitted.'],
    ['of two initials at the start', 'J. R. Whitcombe, MD was present.'],
    ['of a degree', 'The Ph.D. candidate was seen.'],
    ['of a genus', 'Urine culture grew E. coli and S. pneumoniae.'],
    ['of a genus at the start', 'C. difficile toxin was negative.'],
    ['of a side', 'There is pain of the R. foot.'],
    ['of the number of a blade', 'A No. 15 blade was used.'],
    ['of the number of a blade in capitals', 'A NO. 15 BLADE WAS USED.'],
    ['of pt inside a sentence', 'Discussed with the pt. and his wife.'],
    ['of tab before a lower-case word', 'Take 1 tab. at night.'],
    ['of a unit before a lower-case word', 'A mass of 2.5 cm. in the left breast.'],
    ['of etc', 'CBC, BMP, etc. were drawn.'],
    ['of a month before a year', 'Follow up in Jan. 2020 with cardiology.'],
    ['of fig', 'See fig. 2 for details.'],
    ['of temp before its value', 'Temp. 38.5 today.'],
    ['of a time before a lower-case word', 'Seen at 3 p.m. by nursing.'],
    ['of an ellipsis before a lower-case word', 'Wait... what happened?'],
    ['inside brackets', 'He has edema (2+ per Dr. Roe) of both legs.']
  ])('%s', (_when, text) => {
    expectSentences(text)
  })
})

describe('the number of a list item belongs to the item', () => {
  test.each([
    ['at the start of a text', ['1. Hypertension.', '2. Diabetes.', '10. Gout.']],
    ['after a colon', ['PLAN: 1. Admit to telemetry.', '2. Start heparin.']],
    ['of medications with abbreviations', ['2. Metformin 500 mg p.o. b.i.d.', '3. Actos 15 mg p.o. q.d.']],
    ['as a letter', ['DIAGNOSES: a. Cellulitis.', 'b. Anemia.']],
    ['as a capital letter', ['A. Cardiac: stable.', 'B. Renal: stable.']],
    ['in brackets', ['ASSESSMENT: (1) Heart failure.', '(2) Emphysema.']]
  ])('%s', (_where, sentences) => {
    expectSentences(...sentences)
  })

  test('after a comma', () => {
    expectSentences('Continue, 1. aspirin, 2. statin.')
  })

  test('without a space', () => {
    expectSentences('1.Hypertension.', '2.Diabetes.')
  })
})

describe('headers', () => {
  test.each([
    ['keep their values', ['VITAL SIGNS: BP 127/72, T 96.5, SpO2 95% on RA.']],
    ['separate sections on one line', ['CHEST: Clear.', 'ABDOMEN: Soft.', 'EXTREMITIES: No edema.']],
    ['follow a unit', ['ESTIMATED BLOOD LOSS: 50 mL.', 'COMPLICATIONS: None.']],
    ['of shortened words', ['ABD: Soft.', 'EXT: No edema.', 'NEURO: Intact.']],
    [
      'follow a value with an abbreviation',
      ['SpO2 95% on RA at 8 a.m.', 'LUNGS: Bibasilar crackles.', 'CV: RRR.']
    ]
  ])('%s', (_what, sentences) => {
    expectSentences(...sentences)
  })
})

describe('a note in capitals', () => {
  test('is split at its periods', () => {
    expectSentences(
      'THE PATIENT WAS PREPPED AND DRAPED.',
      'A MIDLINE INCISION WAS MADE.',
      'EBL WAS 25 ML.',
      'COMPLICATIONS: NONE.',
      'HEMOSTASIS WAS OBTAINED BY DR. ROE.'
    )
  })
})

describe('question and exclamation marks', () => {
  test.each([
    ['end a sentence', ['Any chest pain?', 'None reported.', 'Stop!', 'He shouted at staff.']],
    ['end one together', ['Really?!', 'No.']],
    ['end one inside quotes', ['He said "Help!"', 'Nurses came.']],
    ['do not end one before a lower-case word', ['Possible infiltrate? versus atelectasis.']]
  ])('%s', (_what, sentences) => {
    expectSentences(...sentences)
  })

  test('do not end one inside a word', () => {
    expectSentences('Query MI?stroke.')
  })
})

describe('newlines', () => {
  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
    ['a blank line', ' \n \n'],
    ['form feed', '\f'],
    ['next line', '\u0085'],
    ['line separator', '\u2028'],
    ['paragraph separator', '\u2029']
  ])('separate without any punctuation: %s', (_name, newline) => {
    expect(split(`chest pain${newline}and cough`).spelled).toEqual(['chest pain', 'and cough'])
  })

  test('a tab does not', () => {
    expectSentences('chest pain\tand cough')
  })
})

describe('edges', () => {
  test.each([
    ['an empty text', '', []],
    ['white space', ' \r\n ', []],
    ['a single period', '.', ['.']],
    ['periods alone', '. . .', ['.', '.', '.']],
    ['no punctuation', 'no acute distress', ['no acute distress']],
    ['a final abbreviation', 'Tylenol p.r.n.', ['Tylenol p.r.n.']],
    ['a closing bracket alone', ') Stable.', [') Stable.']]
  ])('%s', (_what, text, sentences) => {
    expect(split(text).spelled).toEqual(sentences)
  })

  test('without tokens there is one bound and no sentence', () => {
    expect(split('  ').sentences).toEqual({ count: 0, bounds: Int32Array.of(0), cut: [] })
  })
})

// Defects that were reported; each title says what should hold.
describe('known defects', () => {
  test('a one-letter value after a colon ends its sentence before the next header', () => {
    expectSentences('SEX: M.', 'AGE: 54.')
  })

  test('a letter of a disease ends a sentence in capitals too', () => {
    expectSentences('THE PATIENT HAS HEPATITIS C.', 'HE IS NOT TREATED.')
  })

  test('an abbreviation ends a sentence in capitals before a word that opens one', () => {
    expectSentences('HE TAKES ASPIRIN 81 MG Q.D.', 'HE DENIES BLEEDING.')
  })

  test('an initial after a lower-case word belongs to the name', () => {
    expectSentences('He was seen by E. Whitcombe in clinic.')
  })

  test('shortened genera belong to their species', () => {
    expectSentences('Culture grew Staph. aureus.')
  })

  test('shortened vitamins and viruses belong to their letter', () => {
    expectSentences('Vit. D is low.')
  })

  test('a quoted sentence belongs to the one that quotes it', () => {
    expectSentences('"It hurts." said the patient.')
  })

  test('the letter of a vital sign belongs to its value', () => {
    expectSentences('VITALS: T. 98.6 P. 72 R. 16.')
  })
})

describe('an over-long run', () => {
  const words = (count: number): string[] => new Array<string>(count).fill('word')

  test('of 5,000 tokens without punctuation is cut at the limit, and said to be', () => {
    const { sentences } = split(words(5000).join(' '))
    const whole = Math.floor(5000 / MAX_SENTENCE_TOKENS)
    expect(sentences.count).toBe(whole + 1)
    expect(Array.from(sentences.bounds)).toEqual([
      ...Array.from({ length: whole + 1 }, (_, i) => i * MAX_SENTENCE_TOKENS),
      5000
    ])
    expect(sentences.cut).toEqual(Array.from({ length: whole }, (_, i) => i))
  })

  test.each([
    [',', 500],
    [';', 460],
    // the first of the 64 tokens before the limit
    [',', 448],
    [',', MAX_SENTENCE_TOKENS - 1]
  ])('is cut after a %j at token %i', (mark, at) => {
    const text = words(MAX_SENTENCE_TOKENS + 100)
    text[at] = mark
    const { sentences } = split(text.join(' '))
    expect(Array.from(sentences.bounds)).toEqual([0, at + 1, text.length])
    expect(sentences.cut).toEqual([0])
  })

  test('is cut after the last of several commas', () => {
    const text = words(MAX_SENTENCE_TOKENS + 1)
    for (const at of [470, 490, 505]) text[at] = ','
    expect(split(text.join(' ')).sentences.bounds[1]).toBe(506)
  })

  test('is cut at the limit when the last comma is far', () => {
    const text = words(MAX_SENTENCE_TOKENS + 1)
    text[447] = ','
    expect(split(text.join(' ')).sentences.bounds[1]).toBe(MAX_SENTENCE_TOKENS)
  })

  test('is not over-long at exactly the limit', () => {
    const { sentences } = split(`${words(MAX_SENTENCE_TOKENS).join(' ')}\nmore`)
    expect(Array.from(sentences.bounds)).toEqual([0, MAX_SENTENCE_TOKENS, MAX_SENTENCE_TOKENS + 1])
    expect(sentences.cut).toEqual([])
  })

  test('names the cut sentences by their number', () => {
    const { sentences } = split(`Stable.\n${words(MAX_SENTENCE_TOKENS + 1).join(' ')}\nDone.`)
    expect(sentences.count).toBe(4)
    expect(sentences.cut).toEqual([1])
  })
})

describe('for any sequence of UTF-16 units', () => {
  const long = fc
    .tuple(fc.array(arbitraryText, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 200 }))
    .map(([pieces, times]) => pieces.join('').repeat(times))
  const texts = fc.oneof({ arbitrary: arbitraryText, weight: 4 }, { arbitrary: long, weight: 1 })

  test('sentences cover every token in order, and none is empty or too long', () => {
    fc.assert(
      fc.property(texts, text => {
        const { tokens, sentences } = split(text)
        const bounds = Array.from(sentences.bounds)
        expect(bounds.length).toBe(sentences.count + 1)
        expect(bounds[0]).toBe(0)
        expect(bounds[sentences.count]).toBe(tokens.count)
        for (let i = 0; i < sentences.count; i++) {
          const length = bounds[i + 1] - bounds[i]
          expect(length).toBeGreaterThan(0)
          expect(length).toBeLessThanOrEqual(MAX_SENTENCE_TOKENS)
        }
      }),
      repeatable
    )
  })

  test('a newline always separates', () => {
    fc.assert(
      fc.property(texts, text => {
        const { spelled } = split(text)
        return spelled.every(sentence => !/[\n\r\v\f\u0085\u2028\u2029]/.test(sentence))
      }),
      repeatable
    )
  })

  test('cut sentences are ascending, and not the last of the text', () => {
    fc.assert(
      fc.property(texts, text => {
        const { sentences } = split(text)
        return sentences.cut.every(
          (at, i) => at < sentences.count - 1 && (i === 0 || at > sentences.cut[i - 1])
        )
      }),
      repeatable
    )
  })

  test('the sentences of two lines are those of each', () => {
    fc.assert(
      fc.property(arbitraryText, arbitraryText, (first, second) => {
        const after = split(`\n${second}`).spelled
        expect(split(`${first}\n${second}`).spelled).toEqual([...split(first).spelled, ...after])
      }),
      repeatable
    )
  })
})
