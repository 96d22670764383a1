import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../src/config.ts'
import { errorTable } from '../src/errors.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const packageRoot = new URL('..', import.meta.url).pathname

test.each(Object.entries(ConfigSchema.properties))('the README has the row of %s', (name, property) => {
  const { default: value, description } = property as unknown as { default: unknown; description: string }
  expect(readme).toContain(`| \`${name}\` | \`${String(value).replace(packageRoot, '')}\` | ${description} |`)
})

test.each(Object.entries(errorTable).filter(([code]) => code !== 'client_gone'))(
  'the README has the row of the error %s',
  (code, { status, title }) => {
    expect(readme).toContain(`| ${status} | \`${code}\` | ${title} |`)
  }
)
