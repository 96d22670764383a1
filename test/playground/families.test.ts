import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { families, familyOf, groupByFamily } from '../../src/playground/families.ts'
import { modelFolder } from '../helpers/model-folder.ts'

const { labels } = JSON.parse(readFileSync(`${modelFolder}/manifest.json`, 'utf8')) as { labels: string[] }

test('every label of the model is in one family, and no other is in any', () => {
  expect(families.flatMap(family => family.labels).sort()).toEqual([...labels].sort())
})

test('labels are grouped in the order of the legend, those of other models last', () => {
  expect(groupByFamily(['Zygosity', 'Dosage', 'Age', 'Drug_Name', 'Allele'])).toMatchObject([
    { family: { id: 'medication' }, labels: ['Drug_Name', 'Dosage'] },
    { family: { id: 'person' }, labels: ['Age'] },
    { family: { id: 'other' }, labels: ['Allele', 'Zygosity'] }
  ])
  expect(familyOf('Zygosity').id).toBe('other')
})
