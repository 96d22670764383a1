import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { describeModel } from '../src/model/load-model.ts'
import { type Baseline, compare, formatComparisons, renew } from './baseline.ts'
import { watchOthers } from './interference.ts'
import { describeMachine, formatMachine } from './machine.ts'
import { clearProgress, showProgress } from './progress.ts'
import type { Question } from './question.ts'
import { questions } from './questions.ts'
import { type Answer, formatAnswers, formatWarnings, isJudged } from './report.ts'
import { Stage, type StageOptions } from './stage.ts'

/** Compiled, this file is in dist-bench/bench. */
const root = fileURLToPath(new URL('../..', import.meta.url))
const baselinePath = `${root}bench/baseline.json`
const modelFolder = process.env.NER_MODEL_DIR ?? `${root}models/ner_jsl`

const help = `npm run bench -- [--compare] [--save] [--quick] [QUESTION ...]

  --compare  fail when a ratio is worse than bench/baseline.json allows, or nothing can be said about it
  --save     write what was measured to bench/baseline.json
  --quick    only see that everything runs and the answers are right: no verdict

${questions.map(({ name, asks }) => `  ${name.padEnd(12)} ${asks}`).join('\n')}
`

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: {
      compare: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    },
    allowPositionals: true
  })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const { quick } = values
  if (quick && (values.save || values.compare)) throw new Error('the figures of --quick are good for nothing')
  const baseline = readBaseline()
  if (values.compare && !baseline) throw new Error('there is no bench/baseline.json; --save writes one')
  const asked = chosen(positionals)
  const model = await describeModel(modelFolder)
  const machine = describeMachine(model)
  const { rowTokens } = model.manifest.pipeline
  const answers: Answer[] = []
  for (const question of asked) {
    const answer = await ask(question, { modelFolder, rowTokens, quick })
    if (answer) answers.push(answer)
    else process.exitCode = 1
  }
  print([formatMachine(machine), '', formatAnswers(answers)])
  // Without an empty line between them, Markdown takes a warning for a row of the table.
  for (const warning of formatWarnings(answers)) print(['', warning])
  if (values.compare && baseline) compareWith(baseline, answers)
  if (values.save) {
    if (!answers.some(isJudged)) throw new Error('there is nothing to save')
    writeFileSync(baselinePath, `${JSON.stringify(renew(baseline, machine, answers), null, 2)}\n`)
  }
}

/** @throws Error that names the questions when one is unknown */
function chosen(names: readonly string[]): readonly Question[] {
  const unknown = names.find(name => questions.every(question => question.name !== name))
  if (unknown !== undefined) {
    throw new Error(`unknown question; there are ${questions.map(({ name }) => name).join(', ')}`)
  }
  return names.length === 0 ? questions : questions.filter(({ name }) => names.includes(name))
}

/** @returns undefined when the question failed; the others are asked all the same */
async function ask(
  question: Question,
  options: Omit<StageOptions, 'showProgress'>
): Promise<Answer | undefined> {
  const stage = new Stage({ ...options, showProgress: text => showProgress(`${question.name}: ${text}`) })
  const foreignShare = watchOthers()
  try {
    const findings = await question.run(stage)
    return { question: question.name, findings, foreign: foreignShare(), quick: options.quick }
  } catch (error) {
    clearProgress()
    process.stderr.write(
      `${question.name} failed: ${error instanceof Error ? error.message : 'unknown fault'}\n`
    )
    return undefined
  } finally {
    await stage.close()
    clearProgress()
  }
}

function readBaseline(): Baseline | undefined {
  return existsSync(baselinePath) ? JSON.parse(readFileSync(baselinePath, 'utf8')) : undefined
}

function compareWith(baseline: Baseline, answers: readonly Answer[]): void {
  const comparisons = compare(baseline, answers)
  print(['', `Baseline: ${formatMachine(baseline.machine)}`, '', formatComparisons(comparisons)])
  if (comparisons.some(({ outcome }) => outcome !== 'ok')) process.exitCode = 1
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

// Helpers end with this process, and the service is ended by an exit handler.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
main(process.argv.slice(2)).catch((error: unknown) => {
  clearProgress()
  process.stderr.write(`bench: ${error instanceof Error ? error.message : 'failed'}\n`)
  process.exitCode = 1
})
