import { describe, expect, test } from 'vitest'
import { UNKNOWN } from '../../src/model/vocabulary.ts'
import { FormTable } from '../../src/pipeline/forms.ts'
import { tokenize } from '../../src/pipeline/tokens.ts'
import { characterIdsOf, characterLength, vocabularies } from '../helpers/vocabularies.ts'

const { words, characters } = vocabularies()

function newTable(): FormTable {
  return new FormTable(words, characters)
}

function encode(table: FormTable, text: string): number[] {
  return Array.from(table.encode(text, tokenize(text)))
}

function characterIds(table: FormTable, form: number): number[] {
  return Array.from(table.characterIds.slice(form * characterLength, (form + 1) * characterLength))
}

/** Checks that the number of each token leads to the ids of its text. */
function expectIds(table: FormTable, text: string, forms: readonly number[]): void {
  const { starts, ends } = tokenize(text)
  forms.forEach((form, i) => {
    const token = text.slice(starts[i], ends[i])
    expect(table.wordIds[form]).toBe(words.id(token))
    expect(characterIds(table, form)).toEqual(characterIdsOf(token))
  })
}

/** `count` tokens, no two alike. */
function distinct(count: number): string {
  return Array.from({ length: count }, (_, i) => `a${i.toString(36)}`).join(' ')
}

describe('the form table', () => {
  test('gives the same form the same number, within a text and between texts', () => {
    const table = newTable()
    const [the, pain, again] = encode(table, 'the pain the')
    expect(again).toBe(the)
    expect(encode(table, 'pain')).toEqual([pain])
  })

  test('gives forms that differ in case different numbers', () => {
    const [lower, upper, title] = encode(newTable(), 'pain PAIN Pain')
    expect(new Set([lower, upper, title]).size).toBe(3)
  })

  test('holds the word id and the characters of each form', () => {
    const table = newTable()
    const text = 'Aspirin 81 mg q.6h. for the zygoma 😀é 42%.'
    expectIds(table, text, encode(table, text))
  })

  test('has a separator with a word id and no characters, which no token is', () => {
    const table = newTable()
    expect(table.wordIds[table.separator]).toBe(words.separator)
    expect(characterIds(table, table.separator)).toEqual(new Array(characterLength).fill(0))
    expect(encode(table, 'the pain < s > <s>')).not.toContain(table.separator)
  })

  test('keeps every number valid while it grows', () => {
    const table = newTable()
    const first = encode(table, 'aspirin 81')
    const text = distinct(5000)
    const many = encode(table, text)
    expect(new Set(many).size).toBe(5000)
    expectIds(table, 'aspirin 81', first)
    expectIds(table, text, many)
    expect(encode(table, 'aspirin 81')).toEqual(first)
    expect(table.wordIds[table.separator]).toBe(words.separator)
  })

  test('numbers a long token anew each time, with the same ids', () => {
    const table = newTable()
    const kept = 'x'.repeat(40)
    const long = 'x'.repeat(41)
    const text = `${kept} ${kept} ${long} ${long}`
    const [one, two, three, four] = encode(table, text)
    expect(two).toBe(one)
    expect(four).not.toBe(three)
    expectIds(table, text, [one, two, three, four])
  })

  test('counts the tokens that are no word of the vocabulary, each time they come', () => {
    const table = newTable()
    const text = 'the zygoma and the zygoma'
    const unknown = text.split(' ').filter(word => words.id(word) === UNKNOWN)
    expect(unknown).toContain('zygoma')
    expect(unknown).not.toContain('the')
    for (let i = 0; i < 2; i++) {
      expect(table.countUnknown(table.encode(text, tokenize(text)))).toBe(unknown.length)
    }
    expect(table.countUnknown(table.encode(' ', tokenize(' ')))).toBe(0)
  })

  test('encodes a text without tokens as nothing', () => {
    expect(encode(newTable(), ' \n')).toEqual([])
  })
})
