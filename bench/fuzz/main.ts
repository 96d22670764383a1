import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { clearProgress, showProgress } from '../progress.ts'
import { root } from '../root.ts'
import { fuzz } from './fuzz.ts'

const help = `npm run fuzz -- [--cases 100000] [--seed 1] [--from 0]

Sends generated requests over every route of a service of its own and fails on a 5xx that no overload explains, a crash,
a hang, an answer that breaks the OpenAPI document, an invalid body that is accepted or a valid one that is refused, and
on any trace of a text outside of the answer to it. A case that failed is sent again, alone, by its number:

  npm run fuzz -- --seed 1 --from 4711 --cases 1
`

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      cases: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false }
    }
  })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const from = Number(values.from)
  const folder = mkdtempSync(join(tmpdir(), 'ner-fuzz-'))
  const start = performance.now()
  const { counts, faults, slowest, growth } = await fuzz({
    modelFolder: process.env.NER_MODEL_DIR ?? `${root}/models/ner_jsl`,
    seed: Number(values.seed),
    from,
    to: from + Number(values.cases),
    logFile: join(folder, 'log'),
    progress: showProgress
  })
  clearProgress()
  rmSync(folder, { recursive: true })
  const lines = [
    ...[...counts].sort().map(([key, count]) => `  ${key}: ${count}`),
    `${values.cases} cases, seed ${values.seed}, ${((performance.now() - start) / 1000).toFixed(0)} s; the slowest took ` +
      `${(slowest / 1000).toFixed(1)} s; memory grew by ${growth.toFixed(0)} MB; ${faults.length} faults`,
    ...faults.map(fault => `FAULT ${fault}`)
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (faults.length > 0) process.exitCode = 1
}

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`fuzz: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
