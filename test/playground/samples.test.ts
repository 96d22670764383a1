import { expect, test } from 'vitest'
import { samples } from '../../src/playground/samples.ts'

test('the samples are notes of many forms, one of them a single line in capitals', () => {
  expect(samples.length).toBeGreaterThanOrEqual(5)
  expect(new Set(samples.map(({ name }) => name)).size).toBe(samples.length)
  expect(samples.filter(({ text }) => text === text.toUpperCase() && !text.includes('\n'))).toHaveLength(1)
})
