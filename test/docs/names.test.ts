import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../../src/config.ts'
import { OptionsSchema } from '../../src/schemas/options.ts'
import { testApp } from '../helpers/build-app.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const pages = [
  'README.md',
  ...readdirSync(`${root}docs`)
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
]

/** Variables that are not settings of the service but of its command line and of the examples. */
const others = new Set(['NER_API_KEY', 'NER_URL'])

/** Subcommands of ner-jsl. */
const commands = Array.from(read('src/cli/main.ts').matchAll(/^ {2}(\w+): \1Command/gm), ([, name]) => name)

const matches = (text: string, pattern: RegExp): string[] => [
  ...new Set(Array.from(text.matchAll(pattern), ([, name]) => name))
]

test.each(pages)('%s names nothing that is not there', page => {
  const text = read(page)
  const { scripts } = JSON.parse(read('package.json'))
  const wrong = [
    ...matches(text, /\b(NER_[A-Z_]+)\b/g).filter(
      name => !(name in ConfigSchema.properties) && !others.has(name)
    ),
    ...matches(text, /npm run ([\w:]+)/g).filter(name => !(name in scripts)),
    ...matches(text, /main\.js ([a-z]+)/g).filter(name => !commands.includes(name)),
    ...matches(text, /`((?:src|test|bench|deploy|training|models|openapi)\/[\w./-]*)`/g).filter(
      path => !existsSync(`${root}${path}`)
    )
  ]
  expect(wrong).toEqual([])
})

test('every route and option of the API is described', async () => {
  const { app } = await testApp()
  const { paths } = (await app.inject('/openapi.json')).json()
  const api = read('docs/api.md')
  for (const [path, methods] of Object.entries<object>(paths)) {
    for (const method of Object.keys(methods)) expect(api).toContain(`\`${method.toUpperCase()} ${path}\``)
  }
  for (const option of Object.keys(OptionsSchema.properties)) expect(api).toContain(`| \`${option}\` |`)
})
