import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { marked } from 'marked'
import { expect, test } from 'vitest'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import { testApp } from '../helpers/build-app.ts'
import { runCli, temporaryFile } from '../helpers/cli.ts'
import { modelFolder } from '../helpers/model-folder.ts'

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

/** JSON that was written by hand: what stands in a generated section is checked where it is made. */
function jsonBlocks(page: string): Record<string, unknown>[] {
  const byHand = read(page).replace(/^<!-- begin [\s\S]*?<!-- end \S+ -->$/gm, '')
  return marked
    .lexer(byHand)
    .flatMap(token => (token.type === 'code' && token.lang === 'json' ? [JSON.parse(token.text)] : []))
}

test('the requests of api.md are answered', async () => {
  const { app } = await testApp({ recognizer: await createInProcessRecognizer(modelFolder) })
  const [one, many, ...more] = jsonBlocks('docs/api.md')
  expect(more).toEqual([])
  for (const [url, payload] of [
    ['/ner', one],
    ['/ner/batch', many]
  ] as const) {
    const response = await app.inject({ method: 'POST', url, payload })
    expect(response.statusCode).toBe(200)
    expect(response.json().errors ?? []).toEqual([])
  }
})

test('the entity of formats.md is one of the README', () => {
  const [answer] = jsonBlocks('README.md') as [{ entities: object[] }]
  expect(answer.entities).toContainEqual(jsonBlocks('docs/formats.md')[0])
})

test('the line of accuracy.md is scored as the page says', async () => {
  const file = temporaryFile('notes.jsonl', `${JSON.stringify(jsonBlocks('docs/accuracy.md')[0])}\n`)
  const { code, stdout } = await runCli(['evaluate', file])
  expect(code).toBe(0)
  for (const name of ['precision', 'recall', 'F1', 'Negated', 'Symptom_Name', 'calibration error']) {
    expect(stdout).toContain(name)
  }
})

const hasPython = !spawnSync('python3', ['-c', '']).error

test.skipIf(!hasPython)('the expression for Python in formats.md cuts out what JavaScript does', () => {
  const expression = /^\| Python \| code points \| `(.*?)` \|$/m.exec(read('docs/formats.md'))?.[1] ?? ''
  for (const [text, start, end] of [
    ['🙂 denies fever', 3, 9],
    ['lone \ud83d surrogate', 5, 8],
    ['naïve e\u0301', 0, 5]
  ] as const) {
    const script = `import json, sys; text, start, end = json.load(sys.stdin); print(json.dumps(${expression}))`
    const output = execFileSync('python3', ['-c', script], { input: JSON.stringify([text, start, end]) })
    expect(JSON.parse(output.toString())).toBe(text.slice(start, end))
  }
})
