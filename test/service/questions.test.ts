import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

beforeAll(async () => {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'], { cwd: root })
})

function bench(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['dist-bench/bench/main.js', ...args], { cwd: root, timeout: 110_000 })
}

test('a question is asked of the real service and answered in a table, quickly without a verdict', async () => {
  const { stdout, stderr } = await bench('--quick', 'latency')
  expect(stdout).toMatch(/^.+, \d+ cores; Node v[\d.]+; model ner_jsl \d/)
  expect(stdout).toMatch(/\| latency \| \d+\.\d\d \(p50 .+ \| at most 1\.25 \| no verdict \|/)
  expect(stderr).toMatch(/^latency: /)
})

test('an unknown question is refused with the names of those there are', async () => {
  await expect(bench('speed')).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/there are throughput, latency/)
  })
})
