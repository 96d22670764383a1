import { expect, test } from 'vitest'
import { countByLabel, isShown, noFilter, toOptions } from '../../src/playground/filter.ts'
import { entity } from '../helpers/entity.ts'

const entities = [
  entity({ label: 'Drug_Name', confidence: 0.9 }),
  entity({ label: 'Drug_Name', confidence: 0.5 }),
  entity({ label: 'Dosage', confidence: 0.4 })
]

test('an entity is shown when its label is and its confidence is at least the least', () => {
  expect(isShown(entities[1], noFilter)).toBe(true)
  expect(isShown(entities[1], { ...noFilter, minConfidence: 0.5 })).toBe(true)
  expect(isShown(entities[1], { ...noFilter, minConfidence: 0.51 })).toBe(false)
  expect(isShown(entities[1], { ...noFilter, hiddenLabels: new Set(['Drug_Name']) })).toBe(false)
})

test('a label whose entities are all below the least counts 0', () => {
  expect([...countByLabel(entities, 0.5)]).toEqual([
    ['Drug_Name', 2],
    ['Dosage', 0]
  ])
})

test('the options ask for what the filter leaves', () => {
  expect(toOptions(entities, noFilter)).toBeUndefined()
  expect(toOptions(entities, { hiddenLabels: new Set(['Dosage', 'Age']), minConfidence: 0.25 })).toEqual({
    labels: ['Drug_Name'],
    minConfidence: 0.25
  })
  expect(toOptions(entities, { hiddenLabels: new Set(['Age']), minConfidence: 0 })).toBeUndefined()
})

test('a filter that hides every label asks for all: a request for none is invalid', () => {
  const hiddenLabels = new Set(['Drug_Name', 'Dosage'])
  expect(toOptions(entities, { hiddenLabels, minConfidence: 0 })).toBeUndefined()
})
