import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { questions } from '../../bench/questions.ts'

const readme = readFileSync(new URL('../../bench/README.md', import.meta.url), 'utf8')

test.each(questions)('the README explains the question $name', ({ name, asks }) => {
  expect(readme).toContain(`| \`${name}\` | ${asks} |`)
})

test('no two questions have a name in common', () => {
  expect(new Set(questions.map(({ name }) => name)).size).toBe(questions.length)
})
