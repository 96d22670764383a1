import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { jsonLines, runCli } from '../helpers/cli.ts'
import { notes } from '../helpers/notes.ts'
import { childrenOf, until } from '../helpers/service.ts'

const entry = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ner-jsl-annotate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Ended with the test. */
function start(args: readonly string[], nodeOptions: readonly string[] = []): ChildProcess {
  const child = spawn(process.execPath, [...nodeOptions, entry, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NER_WORKERS: '2' }
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`)

/** Everything in a file, or in the files of a folder. */
function contentOf(path: string): unknown {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8')
  return readdirSync(path)
    .sort()
    .map(name => [name, readFileSync(join(path, name), 'utf8')])
}

const documents = Array.from({ length: 600 }, (_, i) => ({
  id: `note-${i}`,
  text: `${notes[i % notes.length].text} Visit ${i}.`
}))

test.each([
  ['ndjson', ['--shard', '1/2']],
  ['brat', []]
])(
  'a run that is killed again and again ends with the bytes of one that was not: %s',
  async (format, options) => {
    const folder = temporaryFolder()
    const input = join(folder, 'notes')
    const args = (output: string): string[] => [
      ...['annotate', '--from', 'ndjson', '--to', format, ...options],
      ...['--output', join(folder, output), input]
    ]
    const journal = join(folder, 'broken.journal')
    const next = (): number => (existsSync(journal) ? JSON.parse(readFileSync(journal, 'utf8')).next : 0)

    // A pipe for an input holds the run in its middle for as long as the test wants.
    execFileSync('mkfifo', [input])
    for (const atLeast of [0, 150]) {
      const child = start(args('broken'))
      const pipe = createWriteStream(input)
      pipe.on('error', () => {})
      const before = next()
      for (const [i, document] of documents.slice(0, -100).entries()) {
        if (i >= atLeast && next() > before) break
        if (!pipe.write(jsonLines([document]))) await once(pipe, 'drain')
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      const { pid = 0 } = child
      const workers = childrenOf(pid)
      expect([next() > before, workers.length]).toEqual([true, 2])
      child.kill('SIGKILL')
      await once(child, 'exit')
      pipe.destroy()
      // The workers of a run that is gone end too.
      await until(() => workers.every(worker => !alive(worker)))
      expect(existsSync(join(folder, 'broken'))).toBe(false)
    }
    // What was being written when it was killed.
    if (format !== 'brat') writeFileSync(join(folder, 'broken.part'), 'half a li', { flag: 'a' })

    rmSync(input)
    writeFileSync(input, jsonLines(documents))
    const done = next()
    const resumed = await runCli(args('broken'))
    expect(resumed.stderr).toMatch(/^going on after [1-9]\d* documents\n/)
    expect(resumed.code).toBe(0)
    expect(done).toBeGreaterThan(0)
    expect((await runCli(args('whole'))).code).toBe(0)
    expect(contentOf(join(folder, 'broken'))).toEqual(contentOf(join(folder, 'whole')))
    expect(readdirSync(folder).sort()).toEqual(['broken', 'notes', 'whole'])
  }
)

test('memory does not grow with the input', async () => {
  // Told by the main process when it ends; workers load the same.
  const tell = "process.stderr.write('rss ' + process.resourceUsage().maxRSS + '\\n')"
  const told = `data:text/javascript,process.on('exit', () => { if (!process.send) ${tell} })`
  /** Most memory of the main process, in MB, for so many documents of 100 kB, most of which is not their text. */
  async function most(count: number): Promise<number> {
    const child = start(['annotate'], ['--import', told])
    let output = ''
    child.stderr?.on('data', chunk => {
      output += chunk
    })
    child.stdout?.resume()
    const padding = 'x'.repeat(100_000)
    for (let i = 0; i < count; i++) {
      const line = jsonLines([{ id: String(i), text: 'Denies chest pain.', padding }])
      if (!child.stdin?.write(line)) await once(child.stdin!, 'drain')
    }
    child.stdin?.end()
    await once(child, 'close')
    expect(output).toContain(`${count} documents`)
    return Number(/rss (\d+)/.exec(output)?.[1]) / 1024
  }
  const small = await most(20)
  expect(small).toBeGreaterThan(20)
  // 150 MB more of input
  expect(await most(1520)).toBeLessThan(small + 75)
})
