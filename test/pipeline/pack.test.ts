import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormTable } from '../../src/pipeline/forms.ts'
import { type EncodedText, fillBatch, type PackedRows, packRows } from '../../src/pipeline/pack.ts'
import { makeRows, type Row } from '../../src/pipeline/rows.ts'
import type { PackedBatch } from '../../src/tensors.ts'
import { repeatable } from '../helpers/arbitrary-text.ts'
import { split } from '../helpers/split.ts'
import { characterIdsOf, characterLength, vocabularies } from '../helpers/vocabularies.ts'

const rowOf = (length: number, text = 0): Row => ({ text, first: 0, last: 1, length })

describe('packing rows', () => {
  test.each([
    [
      'rows of like length go together',
      [4, 8, 4, 8],
      16,
      [
        [8, 8],
        [4, 4]
      ]
    ],
    ['the longest come first', [1, 3, 2], 3, [[3], [2], [1]]],
    ['the budget counts padding', [10, 9, 9], 27, [[10], [9, 9]]],
    ['a row that would be padding for the most part is not put with a long one', [30, 2], 100, [[30], [2]]],
    [
      'a few rows more than a pass takes are shared out',
      [9, 9, 9, 9, 9, 9, 2],
      63,
      [[9, 9, 9, 9, 9, 9], [2]]
    ],
    ['rows too short to pay for a run go with longer ones', [2, 1], 100, [[2, 1]]],
    ['a row over the budget is alone', [30, 4, 4], 8, [[30], [4, 4]]],
    ['no row is no group', [], 8, []]
  ])('%s', (_what, lengths, budget, expected) => {
    const packed = packRows(
      lengths.map(length => rowOf(length)),
      budget
    )
    expect(packed.map(({ rows }) => rows.map(({ length }) => length))).toEqual(expected)
    expect(packed.map(({ time }) => time)).toEqual(expected.map(([longest]) => longest))
  })

  test('holds every row once, within the budget, and leaves its input alone', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 60 })
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 400 }), (all, budget) => {
        const rows = all.map((length, i) => rowOf(length, i))
        const packed = packRows(rows, budget)
        expect(rows.map(({ text }) => text)).toEqual(all.map((_length, i) => i))
        const seen = packed.flatMap(group => group.rows.map(({ text }) => text))
        expect(seen.sort((a, b) => a - b)).toEqual(all.map((_length, i) => i))
        for (const group of packed) {
          expect(group.rows.length).toBeGreaterThan(0)
          expect(group.time).toBe(Math.max(...group.rows.map(({ length }) => length)))
          if (group.rows.length > 1) expect(group.rows.length * group.time).toBeLessThanOrEqual(budget)
        }
      }),
      repeatable
    )
  })
})

test('rows are packed at the least cost of all ways to cut them, sorted by length, into runs', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 })
  const cost = (groups: readonly (readonly number[])[]): number =>
    groups.reduce(
      (sum, { length, 0: time }) => sum + 5 + time * (2.3 + length + 1.7 * Math.ceil(length / 6)),
      0
    )
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 200 }), (all, budget) => {
      const sorted = [...all].sort((a, b) => b - a)
      let least = Number.POSITIVE_INFINITY
      for (let cuts = 0; cuts < 2 ** (sorted.length - 1); cuts++) {
        const groups: number[][] = [[]]
        sorted.forEach((length, i) => {
          if (i > 0 && (cuts >> (i - 1)) & 1) groups.push([])
          groups[groups.length - 1].push(length)
        })
        if (groups.some(group => group.length > 1 && group.length * group[0] > budget)) continue
        least = Math.min(least, cost(groups))
      }
      const packed = packRows(
        all.map(length => rowOf(length)),
        budget
      )
      expect(cost(packed.map(({ rows }) => rows.map(({ length }) => length)))).toBeCloseTo(least, 9)
    }),
    repeatable
  )
})

const notes = [
  'Aspirin 81 mg q.6h. for the pain. The pain is better. No fever.',
  'Pain 😀 in the knee.\nAspirin helped.',
  '',
  'Denies pain, nausea, vomiting, diarrhea, chills and the like. OK.'
]

interface Encoded extends EncodedText {
  readonly text: string
  /** [sentences][tokens] as written */
  readonly tokens: readonly string[][]
}

function encodeAll(table: FormTable, texts: readonly string[]): Encoded[] {
  return texts.map(text => {
    const { tokens, sentences } = split(text)
    const spelled = Array.from({ length: sentences.count }, (_, i) =>
      Array.from({ length: sentences.bounds[i + 1] - sentences.bounds[i] }, (_, k) => {
        const token = sentences.bounds[i] + k
        return text.slice(tokens.starts[token], tokens.ends[token])
      })
    )
    return { text, sentences, forms: table.encode(text, tokens), tokens: spelled }
  })
}

function rowsOf(texts: readonly Encoded[], limit: number): Row[] {
  return texts.flatMap(({ sentences }, i) => makeRows(i, sentences, limit))
}

const { words, characters } = vocabularies()

/** Word id and characters of every cell of a row, as the sentences say. */
function expectedCells(row: Row, texts: readonly Encoded[]) {
  const cells: { word: number; characters: number[] }[] = []
  for (let sentence = row.first; sentence < row.last; sentence++) {
    if (sentence > row.first) {
      cells.push({ word: words.separator, characters: new Array(characterLength).fill(0) })
    }
    for (const token of texts[row.text].tokens[sentence]) {
      cells.push({ word: words.id(token), characters: characterIdsOf(token) })
    }
  }
  return cells
}

function expectBatch(
  batch: PackedBatch,
  group: PackedRows,
  texts: readonly Encoded[],
  table: FormTable
): void {
  expect(batch).toMatchObject({ rows: group.rows.length, time: group.time })
  expect(batch.forms.length).toBe(batch.rows * batch.time)
  group.rows.forEach((row, i) => {
    const forms = Array.from(batch.forms.slice(i * batch.time, (i + 1) * batch.time))
    expect(forms.slice(0, row.length).every(form => form > 0 && form < table.count)).toBe(true)
    const cells = forms.slice(0, row.length).map(form => ({
      word: table.wordIds[form],
      characters: Array.from(table.characterIds.slice(form * characterLength, (form + 1) * characterLength))
    }))
    expect(cells).toEqual(expectedCells(row, texts))
    expect(forms.slice(row.length).every(form => form === 0)).toBe(true)
  })
}

describe('filling a batch', () => {
  test.each([
    [0, 1000],
    [8, 40],
    [96, 1000],
    [96, 1]
  ])('holds the tokens and separators of its rows, rows of up to %i, budget %i', (limit, budget) => {
    const table = new FormTable(words, characters)
    const texts = encodeAll(table, notes)
    for (const group of packRows(rowsOf(texts, limit), budget)) {
      expectBatch(fillBatch(group, texts, table.separator), group, texts, table)
    }
  })
})
