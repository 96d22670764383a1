import { expect, test } from 'vitest'
import { tokenize } from '../../src/pipeline/tokens.ts'
import { estimateCost } from '../../src/recognition/cost.ts'
import { notes } from '../helpers/notes.ts'

test.each([
  ...notes.map(({ id, text }) => [id, text]),
  ['periods', '. '.repeat(5000)],
  ['prose', 'The wound was irrigated and closed. '.repeat(500)],
  ['one word', 'x'.repeat(10_000)],
  ['emoji', '\u{1f600}'.repeat(1000)]
])('the cost of %s is near its number of tokens', (_id, text) => {
  const { count } = tokenize(text)
  const cost = estimateCost(text)
  expect(cost).toBeGreaterThan(count * 0.7)
  expect(cost).toBeLessThan(count * 2 + 40)
})
