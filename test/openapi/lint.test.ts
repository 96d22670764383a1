import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { lintFromString, loadConfig } from '@redocly/openapi-core'
import { expect, test } from 'vitest'

const path = (name: string): string => fileURLToPath(new URL(`../../openapi/${name}`, import.meta.url))
const source = await readFile(path('openapi.json'), 'utf8')

/** What is wrong with a document, by the rules of the repository: the rule and the place. */
async function faults(document: string): Promise<string[]> {
  const config = await loadConfig({ configPath: path('redocly.yaml') })
  const problems = await lintFromString({ source: document, absoluteRef: path('openapi.json'), config })
  return problems.map(({ ruleId, location: [{ pointer } = { pointer: '' }] }) => `${ruleId} at ${pointer}`)
}

test('the OpenAPI document keeps the rules', async () => {
  expect(await faults(source)).toEqual([])
})

test.each([
  [
    'a reference to nothing',
    'no-unresolved-refs',
    '#/components/schemas/Span"',
    '#/components/schemas/Spam"'
  ],
  ['a member that OpenAPI does not know', 'struct', '"summary"', '"sumary"'],
  ['two operations of one name', 'operation-operationId-unique', '"recognizeBatch"', '"recognize"'],
  ['an example that its schema refuses', 'no-invalid-schema-examples', '"text": "CHIEF', '"test": "CHIEF'],
  ['an error of another type', 'response-mime-type', '"application/problem+json"', '"application/xml"']
])('%s breaks them', async (_what, rule, before, after) => {
  expect(source).toContain(before)
  expect((await faults(source.replaceAll(before, after))).join('\n')).toContain(rule)
})
