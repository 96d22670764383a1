import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../../src/config.ts'
import { type ErrorCode, errorTable } from '../../src/errors.ts'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import { expectFile, type Generate, regenerate } from '../helpers/docs.ts'
import { labelExamples, verdictOf } from '../helpers/label-examples.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { provoke } from '../helpers/problems.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const docs = `${root}docs/`
const pages = readdirSync(docs).filter(name => name.endsWith('.md'))
const sent = Object.entries(errorTable).filter(([code]) => code !== 'client_gone')

const recognizer = createInProcessRecognizer(modelFolder)

interface Property {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly default: unknown
  readonly description: string
}

/** What a setting may be. */
function values({ type, enum: names, minimum, maximum }: Property): string {
  if (names) return names.map(name => `\`${name}\``).join(', ')
  if (type === 'boolean') return '`true`, `false`'
  if (type === 'integer') return `${minimum!.toLocaleString('en')} to ${maximum!.toLocaleString('en')}`
  return 'text'
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

const languages: Readonly<Record<string, string>> = {
  '.mjs': 'js',
  '.py': 'python',
  '.sh': 'sh',
  '.java': 'java',
  '.go': 'go',
  '.ts': 'ts'
}

function fenced(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``
}

const readme = readFileSync(`${root}README.md`, 'utf8')
const card = readFileSync(`${modelFolder}/MODEL_CARD.md`, 'utf8')

const generators: Readonly<Record<string, Generate>> = {
  configuration: () =>
    table(
      ['Variable', 'Default', 'Values', 'Meaning'],
      Object.entries(ConfigSchema.properties as unknown as Record<string, Property>).map(
        ([name, property]) => [
          `\`${name}\``,
          `\`${String(property.default).replace(root, '')}\``,
          values(property),
          property.description
        ]
      )
    ),
  errors: () =>
    table(
      ['Status', '`code`', 'Title'],
      sent.map(([code, { status, title }]) => [String(status), `[\`${code}\`](#${code})`, title])
    ),
  problem: async code => {
    const problem = await provoke[code as keyof typeof provoke]()
    expect(problem).toMatchObject({ code, ...errorTable[code as ErrorCode] })
    return fenced('json', JSON.stringify(problem, undefined, 2))
  },
  example: name => fenced(languages[extname(name)], readFileSync(`${docs}examples/${name}`, 'utf8')),
  output: name =>
    fenced(
      name.endsWith('.sh') ? 'json' : 'text',
      readFileSync(`${docs}examples/output/${name}.txt`, 'utf8')
    ),
  card: name => new RegExp(`<!-- begin ${name} -->\\n([\\s\\S]*?)<!-- end ${name} -->`).exec(card)![1],
  // What stands between the heading and the last paragraph, which is for those who change the code.
  speed: () => /^## Speed\n\n([\s\S]*?)\n\nWhat these figures rest on/m.exec(readme)![1],
  labels: async (_argument, before) =>
    table(
      ['Label', 'Meaning', 'Example', 'Found'],
      await Promise.all(
        labelExamples(before).map(async row => [
          `\`${row.label}\``,
          row.meaning,
          row.example,
          await verdictOf(await recognizer, row)
        ])
      )
    )
}

test.each(pages)(
  'what is generated in docs/%s is not stale',
  async page => {
    expectFile(`${docs}${page}`, await regenerate(readFileSync(`${docs}${page}`, 'utf8'), generators))
  },
  120_000
)

test('every error that is sent has a section with its example', () => {
  const api = readFileSync(`${docs}api.md`, 'utf8')
  const shown = Array.from(api.matchAll(/^<!-- begin problem (\S+) -->$/gm), ([, code]) => code)
  expect(shown).toEqual(sent.map(([code]) => code))
})

test('every label has an example, under one heading each', async () => {
  const { labels } = (await recognizer).model.manifest
  const rows = labelExamples(readFileSync(`${docs}labels.md`, 'utf8'))
  expect(rows.map(({ label }) => label).sort()).toEqual([...labels].sort())
})

test('every example is shown with its output', () => {
  const clients = readFileSync(`${docs}clients.md`, 'utf8')
  for (const name of readdirSync(`${docs}examples`).filter(file => extname(file) in languages)) {
    expect(clients).toContain(`<!-- begin example ${name} -->`)
    expect(clients).toContain(`<!-- begin output ${name} -->`)
  }
})
