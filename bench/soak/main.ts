import { parseArgs } from 'node:util'
import { describeModel } from '../../src/model/load-model.ts'
import { watchOthers } from '../interference.ts'
import { describeMachine, formatMachine } from '../machine.ts'
import { root } from '../root.ts'
import { soak } from './soak.ts'
import { type Change, judge } from './verdict.ts'

const help = `npm run soak -- [--minutes 30] [--warm-up 10] [--workers 1] [--load 0.8] [--seed 1]

Sends mixed requests at a share of the capacity and fails when memory, file descriptors or threads grow after the
warm-up, when an answer is wrong or lost, or when a worker is replaced.
`

/** Of a service that leaks nothing: a megabyte a minute would be 1.4 GB a day. */
const limits = { growth: 1, files: 0, threads: 0 }
const INTERVAL_S = 30

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '30' },
      'warm-up': { type: 'string', default: '10' },
      workers: { type: 'string', default: '1' },
      load: { type: 'string', default: '0.8' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false }
    }
  })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const warmUp = Number(values['warm-up'])
  const modelFolder = process.env.NER_MODEL_DIR ?? `${root}/models/ner_jsl`
  const foreignShare = watchOthers()
  const { capacity, readings, counts, wrong } = await soak({
    modelFolder,
    workers: Number(values.workers),
    seconds: Number(values.minutes) * 60,
    interval: INTERVAL_S,
    load: Number(values.load),
    seed: Number(values.seed),
    progress: text => process.stderr.write(`${text}\n`)
  })
  const {
    main,
    workers,
    faults: leaks
  } = judge(
    readings.filter(({ minutes }) => minutes > warmUp),
    limits
  )
  const faults = [...leaks, ...wrong]
  const lines = [
    formatMachine(describeMachine(await describeModel(modelFolder))),
    `capacity ${capacity.toFixed(0)} requests/s; ${values.minutes} minutes at ${values.load} of it; ` +
      `others used ${(100 * foreignShare()).toFixed(0)} % of a core`,
    ...[...counts].sort().map(([ending, count]) => `  ${ending} ${count}`),
    `after ${warmUp} minutes: main ${formatChange(main)}`,
    `  workers ${formatChange(workers)}`,
    `  all processes ${Math.max(...readings.map(({ memory }) => memory)).toFixed(0)} MB of PSS at most`,
    ...faults.map(fault => `FAULT ${fault}`)
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (faults.length > 0) process.exitCode = 1
}

function formatChange({ growth, growthQuartiles, files, threads }: Change): string {
  const quartiles = growthQuartiles.map(each => each.toFixed(3)).join(' to ')
  return `${growth.toFixed(3)} MB a minute (${quartiles}), ${files.join(' to ')} files, ${threads.join(' to ')} threads`
}

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`soak: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
