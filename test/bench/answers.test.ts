import { expect, test } from 'vitest'
import { checkBodies } from '../../bench/answers.ts'

const entity = { start: 0, end: 5, text: 'fever', label: 'Symptom_Name', confidence: 0.991234 }
const body = (entities: readonly object[]): string => JSON.stringify({ model: {}, entities })

test('answers that are what was expected pass', () => {
  expect(() => checkBodies([body([entity]), body([])], [[entity], []])).not.toThrow()
})

test.each([
  ['a span', { end: 6 }],
  ['a label', { label: 'Diagnosis' }],
  ['a digit of a confidence', { confidence: 0.991235 }]
])('%s that differs is found, and no text is quoted', (_, difference) => {
  const bodies = [body([entity]), body([{ ...entity, ...difference }])]
  expect(() => checkBodies(bodies, [[entity], [entity]])).toThrow('The service is wrong about text 1.')
})

test('a missing answer is found', () => {
  expect(() => checkBodies([body([entity])], [[entity], []])).toThrow('1 of 2')
})

test('answers to texts in which nothing is prove nothing', () => {
  expect(() => checkBodies([body([])], [[]])).toThrow('proves nothing')
})
