import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

test('ner-jsl bench starts the service, measures it and ends it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    cli,
    'bench',
    '--notes',
    '20',
    '--words',
    '50'
  ])
  expect(stdout).toMatch(/^20 notes, \d+ tokens each/)
  expect(stdout).toMatch(/saturated.*\n.*open loop.*\n.*one request at a time/)
})
