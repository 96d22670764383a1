import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { modelFolder } from '../helpers/model-folder.ts'
import { startService } from '../helpers/service.ts'

/** The corpus is not part of the project; where it is, it lies beside it or where NER_CORPUS says. */
const corpus = process.env.NER_CORPUS ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const dev = join(corpus, 'dev.jsonl')
const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

test.skipIf(!existsSync(dev))(
  'scores over HTTP what training measured (skipped where the corpus is absent)',
  async () => {
    const service = await startService()
    const { stdout } = await promisify(execFile)(process.execPath, [
      cli,
      'evaluate',
      '--url',
      service.url,
      '--json',
      dev
    ])
    const { training } = JSON.parse(readFileSync(join(modelFolder, 'manifest.json'), 'utf8'))
    expect(JSON.parse(stdout).micro.f1).toBeCloseTo(training.devF1, 3)
    expect(JSON.parse(stdout).token.f1).toBeCloseTo(training.devTokenF1, 3)
  }
)
