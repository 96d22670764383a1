import { expect, test } from 'vitest'
import { dispatchesOf, longText, mixedNotes, notesOf, rowCells } from '../../bench/notes.ts'
import { tokenize } from '../../src/pipeline/tokens.ts'

const lengthsOf = (notes: readonly string[]): number[] => notes.map(note => tokenize(note).count)

test('notes of a length have exactly that, and differ', () => {
  for (const tokens of [50, 500]) {
    const notes = notesOf(tokens, 20)
    expect(new Set(lengthsOf(notes))).toEqual(new Set([tokens]))
    expect(new Set(notes).size).toBe(20)
    expect(notesOf(tokens, 20)).toEqual(notes)
  }
})

test('mixed notes have lengths in their range, short ones as often as long ones', () => {
  const notes = mixedNotes(300, 20, 2000)
  const lengths = lengthsOf(notes)
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(20)
  expect(Math.max(...lengths)).toBeLessThanOrEqual(2000)
  const below = (limit: number): number => lengths.filter(length => length < limit).length / 300
  expect(below(200)).toBeGreaterThan(0.4)
  expect(below(200)).toBeLessThan(0.6)
  expect(new Set(notes).size).toBe(300)
})

test.each([100, 200_000, 1_000_000])('a text of %d units', length => {
  expect(longText(length)).toHaveLength(length)
})

test('dispatches hold every text once and in order, as many as a worker is given', () => {
  const notes = mixedNotes(100, 20, 2000)
  const dispatches = dispatchesOf([...notes, longText(100_000)])
  expect(dispatches.flat()).toEqual([...notes, longText(100_000)])
  for (const texts of dispatches.slice(0, -1)) {
    expect(lengthsOf(texts).reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(6000)
  }
  expect(dispatches.length).toBeLessThan(20)
})

test('cells of rows are tokens and the separators between joined sentences', () => {
  const text = 'He denies fever. He denies nausea. He denies pain.'
  expect(rowCells([text], 0)).toBe(12)
  expect(rowCells([text], 96)).toBe(12 + 2)
  expect(rowCells([text, text], 8)).toBe(2 * 12)
})
