import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnalyzedText, FoundEntity } from '../../src/analysis.ts'
import { fileNameOf, toStandoff } from '../../src/annotation/formats/brat.ts'
import { conllFormat } from '../../src/annotation/formats/conll.ts'
import { csvFormat } from '../../src/annotation/formats/csv.ts'
import { ndjsonFormat } from '../../src/annotation/formats/ndjson.ts'
import { arbitraryText, repeatable } from '../helpers/arbitrary-text.ts'

const text = '😀 Denies chest\r\npain. Takes "aspirin, 81 mg".'

function entity(words: string, label: string): FoundEntity {
  const start = text.indexOf(words)
  return { start, end: start + words.length, label, confidence: 0.5 }
}

const analyzed: AnalyzedText = {
  entities: [
    entity('Denies', 'Negated'),
    entity('chest\r\npain', 'Symptom_Name'),
    entity('"aspirin, 81 mg"', 'Drug_Name')
  ],
  cutSentences: []
}

describe('NDJSON', () => {
  test('is a line a document, offsets in the unit', () => {
    const line = ndjsonFormat('codepoint').write({ id: 'a"b', text }, analyzed)
    expect(line.endsWith('\n')).toBe(true)
    const { id, entities } = JSON.parse(line)
    expect(id).toBe('a"b')
    expect(entities[0]).toEqual({ start: 2, end: 8, text: 'Denies', label: 'Negated', confidence: 0.5 })
  })
})

describe('CSV', () => {
  test('is read by any parser as what was found', () => {
    const format = csvFormat('utf16')
    const records = parse(format.header + format.write({ id: 'a\n1', text }, analyzed), { columns: true })
    expect(records).toEqual(
      analyzed.entities.map(({ start, end, label }) => ({
        id: 'a\n1',
        start: String(start),
        end: String(end),
        label,
        confidence: '0.5',
        text: text.slice(start, end)
      }))
    )
  })
})

describe('CoNLL', () => {
  const tokenized = 'Denies chest pain. Takes aspirin.'
  const spans = (...words: string[]) => {
    let from = 0
    return words.map(word => {
      const start = tokenized.indexOf(word, from)
      from = start + word.length
      return { start, end: from }
    })
  }

  test('is a token a line with its tag, an empty line after a sentence, and the id before a document', () => {
    const [denies, chest, pain, stop, takes, aspirin, end] = spans(
      'Denies',
      'chest',
      'pain',
      '.',
      'Takes',
      'aspirin',
      '.'
    )
    const written = conllFormat.write(
      { id: 'a\n1', text: tokenized },
      {
        entities: [
          { ...denies, label: 'Negated', confidence: 1 },
          { start: chest.start, end: pain.end, label: 'Symptom_Name', confidence: 1 },
          { ...aspirin, label: 'Drug_Name', confidence: 1 }
        ],
        sentences: [
          { start: denies.start, end: stop.end },
          { start: takes.start, end: end.end }
        ],
        tokens: [denies, chest, pain, stop, takes, aspirin, end],
        cutSentences: []
      }
    )
    expect(written.split('\n')).toEqual([
      '# id = a 1',
      'Denies\tB-Negated',
      'chest\tB-Symptom_Name',
      'pain\tI-Symptom_Name',
      '.\tO',
      '',
      'Takes\tO',
      'aspirin\tB-Drug_Name',
      '.\tO',
      '',
      ''
    ])
  })

  test('begins a new entity where two touch', () => {
    const tokens = spans('chest', 'pain')
    const entities = tokens.map(span => ({ ...span, label: 'Symptom_Name', confidence: 1 }))
    const sentences = [{ start: tokens[0].start, end: tokens[1].end }]
    const written = conllFormat.write(
      { id: 'a', text: tokenized },
      { entities, sentences, tokens, cutSentences: [] }
    )
    expect(written).toBe('# id = a\nchest\tB-Symptom_Name\npain\tB-Symptom_Name\n\n')
  })

  test('has nothing but the id of a document without tokens', () => {
    expect(conllFormat.write({ id: 'a', text: '' }, { entities: [], cutSentences: [] })).toBe('# id = a\n\n')
  })
})

describe('brat', () => {
  test('has a line an entity, with a fragment for each line it is on, in code points', () => {
    const lines = toStandoff({ id: 'a', text }, analyzed).trimEnd().split('\n')
    expect(lines).toEqual([
      'T1\tNegated 2 8\tDenies',
      'T2\tSymptom_Name 9 14;16 20\tchest pain',
      'T3\tDrug_Name 28 44\t"aspirin, 81 mg"'
    ])
    const points = Array.from(text)
    for (const line of lines) {
      const [, place, words] = line.split('\t')
      const fragments = place.replace(/^\S+ /, '').split(';')
      const read = fragments.map(fragment => points.slice(...fragment.split(' ').map(Number)).join(''))
      expect(read.join(' ')).toBe(words)
    }
  })

  test.each([
    ['note-1', 'note-1'],
    ['a/b', 'a%2Fb'],
    ['..', '%2E.'],
    ['.hidden', '%2Ehidden'],
    ["it's (*)~!", 'it%27s%20%28%2A%29%7E%21'],
    ['é', '%C3%A9']
  ])('names the files of %j %j', (id, name) => {
    expect(fileNameOf(id)).toBe(name)
  })

  test('names no two ids alike, and none like a path', () => {
    const names = new Map<string, string>()
    fc.assert(
      fc.property(
        arbitraryText.filter(id => Buffer.from(id).toString() === id),
        id => {
          const name = fileNameOf(id)
          expect(name).toMatch(/^[\w%-][\w.%-]*$/)
          expect(name.length).toBeLessThan(250)
          expect(names.get(name) ?? id).toBe(id)
          names.set(name, id)
        }
      ),
      repeatable
    )
  })
})
