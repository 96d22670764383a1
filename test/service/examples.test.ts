import { once } from 'node:events'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { expectFile } from '../helpers/docs.ts'
import { examplesFolder, runners, runProgram, works } from '../helpers/examples.ts'
import { startService } from '../helpers/service.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const outputOf = (name: string): string => `${examplesFolder}output/${name}.txt`

/** Answers that are printed whole say which model gave them, and confidences whose last digits differ by processor. */
function readable(json: string): string {
  const round = (key: string, value: unknown): unknown => {
    if (key === 'sha256') return '…'
    return key === 'confidence' ? Math.round((value as number) * 1000) / 1000 : value
  }
  return `${JSON.stringify(JSON.parse(json, round), undefined, 2)}\n`
}

/** What an example says on standard error, where it has something to say: which note has no entities, and why. */
const complaints: Readonly<Record<string, string>> = { 'column.py': '23 invalid_request\n' }

const programs = readdirSync(examplesFolder).filter(name => extname(name).slice(1) in runners)

test.for(programs)('%s prints what the documentation says', async (name, { skip }) => {
  const runner = runners[extname(name).slice(1)]
  if (!runner) return skip(`what runs ${name} is not on this machine`)
  const { url } = await startService({ NER_WORKERS: '1' })
  const { code, stdout, stderr } = await runProgram([...runner, name], { NER_URL: url })
  expect({ code, stderr }).toEqual({ code: 0, stderr: complaints[name] ?? '' })
  expectFile(outputOf(name), name.endsWith('.sh') ? readable(stdout) : stdout)
})

test('fetch.mjs and ner.sh come again when they are told to', async () => {
  const answers: number[] = []
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const busy = answers.length % 2 === 0
      answers.push(busy ? 503 : 200)
      const body = busy ? { code: 'overloaded', title: 'Busy' } : { entities: [] }
      response.writeHead(busy ? 503 : 200, { 'content-type': 'application/json', 'retry-after': '1' })
      response.end(JSON.stringify(body))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  for (const name of ['fetch.mjs', 'ner.sh']) {
    const runner = runners[extname(name).slice(1)]
    if (!runner) continue
    expect(await runProgram([...runner, name], { NER_URL: url })).toMatchObject({ code: 0 })
    expect(answers.splice(0)).toEqual([503, 200])
  }
})

test('a text file is sent with jq, whatever is in it', async ({ skip }) => {
  if (!runners.sh || !works('jq', '--version')) return skip('curl or jq is not on this machine')
  const page = readFileSync(join(root, 'docs/clients.md'), 'utf8')
  const command = /^```sh\n(jq [\s\S]*?)```$/m.exec(page)?.[1] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'ner-jsl-file-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    join(folder, 'note.txt'),
    'She "denies" fever \\ chills 🙂.\n\n\tTakes aspirin 81 mg daily.\n'
  )
  const { url } = await startService({ NER_WORKERS: '1' })
  const script = command.replace('localhost:8080', url)
  const { code, stdout } = await runProgram(['sh', '-c', script], {}, folder)
  expect(code).toBe(0)
  const texts = JSON.parse(stdout).entities.map(({ text }: { text: string }) => text)
  expect(texts).toEqual(expect.arrayContaining(['fever', 'aspirin', 'daily']))
})

test('typed-client.ts compiles against the generated client, and runs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ner-jsl-client-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  copyFileSync(`${examplesFolder}typed-client.ts`, join(folder, 'typed-client.ts'))
  const tool = (name: string): string => join(root, 'node_modules/.bin', name)
  const run = async (command: readonly string[], environment = {}) => {
    const result = await runProgram(command, environment, folder)
    expect(result.code, result.stdout + result.stderr).toBe(0)
    return result.stdout
  }
  await run([tool('oazapfts'), join(root, 'openapi/openapi.json'), 'client.ts'])
  const options = '--strict --target es2023 --module nodenext --types node --outDir dist'.split(' ')
  await run([tool('tsc'), ...options, 'typed-client.ts'])

  // The types are those of the document: what it does not have does not compile.
  writeFileSync(
    join(folder, 'wrong.ts'),
    [
      "import { recognize } from './client.js'",
      "await recognize({ txt: 'x' })",
      "await recognize({ text: 'x', options: { include: ['words'] } })",
      "const answer = await recognize({ text: 'x' })",
      'if (answer.status === 200) answer.data.code'
    ].join('\n')
  )
  const wrong = await runProgram([tool('tsc'), ...options, '--noEmit', 'wrong.ts'], {}, folder)
  const lines = Array.from(wrong.stdout.matchAll(/^wrong\.ts[(:](\d+)/gm), ([, line]) => Number(line))
  expect(lines).toEqual([2, 3, 5])

  const { url } = await startService({ NER_WORKERS: '1' })
  const output = await run([process.execPath, 'dist/typed-client.js'], { NER_URL: url })
  expectFile(outputOf('typed-client.ts'), output)
})
