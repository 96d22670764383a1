import { expect, test } from 'vitest'
import { fictitiousNotes } from '../../src/benchmark/notes.ts'

test('notes are the same for a seed, different from each other, and of the length asked for', () => {
  const notes = fictitiousNotes(50, 200)
  expect(fictitiousNotes(50, 200)).toEqual(notes)
  expect(fictitiousNotes(50, 200, 2)).not.toEqual(notes)
  expect(new Set(notes).size).toBe(50)
  for (const note of notes) {
    expect(note.split(/\s+/).length).toBeGreaterThanOrEqual(200)
    expect(note.split(/\s+/).length).toBeLessThan(240)
  }
})
