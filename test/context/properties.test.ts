import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readContext } from '../../src/context/context.ts'
import type { Mention } from '../../src/context/mention.ts'
import type { Span } from '../../src/span.ts'
import { type Marked, marked } from './marked.ts'

const wanted = new Set(['assertion', 'section', 'relations'])

const pieces = (
  '{fever|symptom} {pneumonia|dx} {aspirin|drug} {CT|procedure} {81 mg|dose} {p.o.|route} {daily|often} {Na|lab} ' +
  '{140|result} {no|no} {denies|no} {ruled_out|no} {not|not} {held|not} {possible|maybe} {may|maybe} {versus|maybe} ' +
  '{PLAN|section} {mild|modifier} {tobacco|substance} , ; . : / ( ) \n and or but is was of for due_to 😀 e\u0301 \ud800'
)
  .split(/ /)
  .map(piece => piece.replaceAll('_', ' '))

/** Texts of clinical words and marks in any order. */
const arbitraryNote: fc.Arbitrary<Marked> = fc
  .array(fc.constantFrom(...pieces), { maxLength: 60 })
  .map(words => marked(words.join(' ')))

const read = ({ text, mentions, sentences }: Marked) => readContext(text, mentions, sentences, wanted)

describe('whatever a note says', () => {
  test('every cue and section is a passage of it, and every relation joins what belongs together', () => {
    fc.assert(
      fc.property(arbitraryNote, note => {
        const { text, mentions } = note
        const { assertions = [], sections = [], relations = [] } = read(note)
        expect(assertions).toHaveLength(mentions.length)
        expect(sections).toHaveLength(mentions.length)
        const isPassage = ({ start, end }: Span): void => {
          expect(0 <= start && start < end && end <= text.length).toBe(true)
          expect(text.slice(start, end)).not.toMatch(/^\s|\s$/)
        }
        assertions.forEach((assertion, i) => {
          const isAsserted = /^(?:Symptom_Name|Diagnosis|Drug_Name|Procedure_Name)$/.test(mentions[i].label)
          expect(assertion !== undefined).toBe(isAsserted)
          if (!assertion) return
          expect(assertion.cue !== undefined).toBe(assertion.status !== 'present')
          if (assertion.cue) isPassage(assertion.cue)
        })
        sections.forEach((section, i) => {
          if (!section) return
          isPassage(section)
          expect(section.end).toBeLessThanOrEqual(mentions[i].start)
        })
        for (const { head, dependent } of relations) {
          const family = mentions[head].label === 'Lab_Name' ? /^Lab_Result$/ : /^(?:Dosage|Route|Frequency)$/
          expect(['Lab_Name', 'Drug_Name']).toContain(mentions[head].label)
          expect(mentions[dependent].label).toMatch(family)
        }
        expect(new Set(relations.map(({ dependent }) => dependent)).size).toBe(relations.length)
      })
    )
  })

  test('a sentence after it changes nothing', () => {
    fc.assert(
      fc.property(arbitraryNote, note => {
        const text = `${note.text}\nThe clinic opens at nine.`
        const sentences = [...note.sentences, { start: note.text.length + 1, end: text.length }]
        expect(read({ ...note, text, sentences })).toEqual(read(note))
      })
    )
  })

  test('a header line and a sentence before it change nothing but offsets and sections', () => {
    const before = 'The clinic opens at nine.\n\n'
    const move = ({ start, end }: Span): Span => ({ start: start + before.length, end: end + before.length })
    fc.assert(
      fc.property(arbitraryNote, note => {
        const mentions = note.mentions.map((mention): Mention => ({ ...mention, ...move(mention) }))
        const sentences = [{ start: 0, end: before.length - 2 }, ...note.sentences.map(move)]
        const { assertions, relations } = read({ text: before + note.text, mentions, sentences })
        const original = read(note)
        expect(relations).toEqual(original.relations)
        expect(assertions?.map(one => one?.status)).toEqual(original.assertions?.map(one => one?.status))
      })
    )
  })
})

/** Counts what is read of a text and its mentions. */
function counted({ text, mentions, sentences }: Marked): number {
  let steps = 0
  const countedMentions = new Proxy(mentions as Mention[], {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) steps++
      return Reflect.get(target, key, receiver)
    }
  })
  const countedText = new Proxy({} as Record<string, unknown>, {
    get(_target, key) {
      if (key === 'slice') {
        return (start: number, end: number = text.length): string => {
          steps += Math.max(0, end - start)
          return text.slice(start, end)
        }
      }
      steps++
      return text[Number(key)]
    }
  })
  readContext(countedText as unknown as string, countedMentions, sentences, wanted)
  return steps
}

describe('the work grows with the number of entities and no faster', () => {
  test.each([
    ['{fever|symptom}, '],
    ['{no|no} '],
    ['{no|no} {fever|symptom} and '],
    ['{fever|symptom} and {chills|symptom} {denied|no} '],
    ['{possible|maybe} {fever|symptom}, {chills|symptom}, '],
    ['{fever|symptom} {versus|maybe} '],
    ['{aspirin|drug} '],
    ['{aspirin|drug}/'],
    ['{81 mg|dose} '],
    ['{Na|lab}/{K|lab} {1|result}/{2|result} '],
    ['{aspirin|drug} {81 mg|dose} {daily|often}, '],
    ['{PLAN|section}: {fever|symptom} '],
    ['{mild|modifier} '],
    [`${'x'.repeat(400)} {fever|symptom} `]
  ])('%j over and over, in one clause', piece => {
    // One sentence, so that nothing but the rules bounds the work.
    const note = (count: number): Marked => {
      const { text, mentions } = marked(piece.repeat(count))
      return { text, mentions, sentences: [{ start: 0, end: text.length }] }
    }
    const perPiece = (count: number): number => counted(note(count)) / count
    expect(perPiece(8000)).toBeLessThan(perPiece(1000) * 1.05)
  })
})
