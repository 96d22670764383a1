import { expect, test } from 'vitest'
import { type Column, nextOrder, sortEntities, textOrder } from '../../src/playground/sort.ts'
import { entity } from '../helpers/entity.ts'

const entities = [
  entity({ start: 0, end: 5, text: 'ibuprofen', label: 'Drug_Name', confidence: 0.9 }),
  entity({ start: 9, end: 20, text: 'Aspirin', label: 'Allergenic_substance', confidence: 0.5 }),
  entity({ start: 30, end: 32, text: 'aspirin', label: 'Drug_Name', confidence: 0.9 }),
  entity({ start: 100, end: 107, text: '81 mg', label: 'Dosage', confidence: 0.95 })
]

const starts = (column: Column, descending = false): number[] =>
  sortEntities(entities, { column, descending }).map(({ start }) => start)

test('numbers are sorted as numbers, text as people do, equal ones in the order of the note', () => {
  expect(starts('start', true)).toEqual([100, 30, 9, 0])
  expect(starts('end')).toEqual([0, 9, 30, 100])
  expect(starts('confidence')).toEqual([9, 0, 30, 100])
  expect(starts('confidence', true)).toEqual([100, 0, 30, 9])
  expect(starts('label')).toEqual([9, 100, 0, 30])
  expect(starts('text')).toEqual([100, 30, 9, 0])
})

test('a heading sorts up, then down, then up', () => {
  const once = nextOrder(textOrder, 'label')
  expect(once).toEqual({ column: 'label', descending: false })
  expect(nextOrder(once, 'label')).toEqual({ column: 'label', descending: true })
  expect(nextOrder(nextOrder(once, 'label'), 'label')).toEqual(once)
  expect(nextOrder(textOrder, 'start').descending).toBe(true)
})
