import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFileSink } from '../annotation/file-sink.ts'
import { openFolderSink } from '../annotation/folder-sink.ts'
import { conllFormat } from '../annotation/formats/conll.ts'
import { csvFormat } from '../annotation/formats/csv.ts'
import type { Format } from '../annotation/formats/format.ts'
import { ndjsonFormat } from '../annotation/formats/ndjson.ts'
import { type Output, openOutput } from '../annotation/output.ts'
import { describeProgress, duration } from '../annotation/progress.ts'
import { annotate } from '../annotation/run.ts'
import { parseShard, wholeInput } from '../annotation/shard.ts'
import type { Sink } from '../annotation/sink.ts'
import { inputFormats, openSource, suggestFormat } from '../annotation/source.ts'
import { openStreamSink } from '../annotation/stream-sink.ts'
import { nothingDone, type Totals } from '../annotation/totals.ts'
import { type Config, loadConfig } from '../config.ts'
import { usableCores } from '../cores.ts'
import { describeModel } from '../model/load-model.ts'
import { createPooledRecognizer } from '../recognition/pooled.ts'
import type { Recognizer } from '../recognition/recognizer.ts'
import type { RecognitionOptions } from '../schemas/options.ts'
import { type OffsetUnit, offsetUnits } from '../text.ts'
import { defineCommand } from './command.ts'
import { StatusLine } from './status-line.ts'

/** The run is complete, but for documents that were passed over. */
const EXIT_SKIPPED = 2

/** Nobody waits for one document: this is for those that never end. */
const DEADLINE_MS = 600_000
/** Documents of a worker that are read and not written: more than it is given at once. */
const DOCUMENTS_PER_WORKER = 64
/** UTF-16 units of them, more than it is given at once, too. */
const CHARACTERS_PER_WORKER = 200_000

const outputFormats = ['ndjson', 'csv', 'conll', 'brat'] as const
type OutputFormat = (typeof outputFormats)[number]

/** Annotates any number of documents on all cores. */
export const annotateCommand = defineCommand({
  summary: 'find the entities of many notes, in files or from standard input, on all cores',
  usage:
    'ner-jsl annotate [--output PATH] [--from ndjson|txt|csv|tsv] [--to ndjson|csv|conll|brat]\n' +
    '                   [--text-column text] [--id-column id] [--label LABEL]... [--min-confidence P]\n' +
    '                   [--offset-unit utf16|codepoint|utf8] [--on-error stop|skip] [--shard i/n]\n' +
    '                   [--model DIR] [FILE | FOLDER | -]',
  options: {
    output: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    'text-column': { type: 'string', default: 'text' },
    'id-column': { type: 'string', default: 'id' },
    label: { type: 'string', multiple: true },
    'min-confidence': { type: 'string' },
    'offset-unit': { type: 'string', default: 'utf16' },
    'on-error': { type: 'string', default: 'stop' },
    shard: { type: 'string' },
    model: { type: 'string' }
  },
  async run(values, positionals) {
    const [path = '-'] = positionals
    if (positionals.length > 1) throw new Error('name one input')
    if (path !== '-' && !existsSync(path)) throw new Error(`there is no ${path}`)
    const job = {
      path,
      from: values.from === undefined ? suggestFormat(path) : oneOf(inputFormats, values.from, '--from'),
      to: values.to === undefined ? suggestOutput(values.output) : oneOf(outputFormats, values.to, '--to'),
      fields: { text: values['text-column'], id: values['id-column'] },
      unit: oneOf(offsetUnits, values['offset-unit'], '--offset-unit'),
      shard: values.shard === undefined ? wholeInput : parseShard(values.shard),
      options: {
        ...(values.label && { labels: values.label }),
        ...(values['min-confidence'] !== undefined && {
          minConfidence: probability(values['min-confidence'])
        })
      }
    }
    if (job.to === 'brat' && values.output === undefined) throw new Error('--to brat needs --output FOLDER')
    const skip = oneOf(['stop', 'skip'] as const, values['on-error'], '--on-error') === 'skip'
    const config = loadConfig({ ...process.env, ...(values.model && { NER_MODEL_DIR: values.model }) })
    await run(job, values.output, skip, config)
  }
})

/** What an output depends on, besides the model. */
interface Job {
  readonly path: string
  readonly from: (typeof inputFormats)[number]
  readonly to: OutputFormat
  readonly fields: { readonly text: string; readonly id: string }
  readonly unit: OffsetUnit
  readonly shard: { readonly index: number; readonly count: number }
  readonly options: RecognitionOptions
}

async function run(job: Job, outputPath: string | undefined, skip: boolean, config: Config): Promise<void> {
  const model = await describeModel(config.NER_MODEL_DIR)
  const unknown = job.options.labels?.find(label => !model.manifest.labels.includes(label))
  if (unknown !== undefined) throw new Error(`the model has no label ${unknown}`)
  const output =
    outputPath === undefined ? undefined : await openOutput(outputPath, digest(job, model.sha256))
  const from = output?.from ?? { next: 0, totals: nothingDone, complete: false }
  if (from.complete) return end(from.totals)
  if (from.next > 0) process.stderr.write(`going on after ${from.totals.documents} documents\n`)

  const { index, count } = job.shard
  const source = await openSource(
    { path: job.path, format: job.from, fields: job.fields, limit: config.NER_MAX_BODY_BYTES },
    number => number >= from.next && number % count === index
  )
  const format = job.to === 'brat' ? undefined : formats[job.to](job.unit)
  const sink = await openSink(output, format)
  const workers = config.NER_WORKERS || usableCores()
  const recognizer = createPooledRecognizer({
    model,
    modelFolder: config.NER_MODEL_DIR,
    workers,
    deadline: DEADLINE_MS,
    maxWait: DEADLINE_MS
  })
  leaveOnSignals()
  const status = new StatusLine(process.stderr)
  try {
    await untilReady(recognizer)
    const start = performance.now()
    let began: number | undefined
    const totals = await annotate(source.entries, {
      recognizer,
      sink,
      options: { ...job.options, ...(format && { include: format.include }) },
      maxTextLength: config.NER_MAX_TEXT_LENGTH,
      window: {
        documents: workers * DOCUMENTS_PER_WORKER,
        characters: workers * CHARACTERS_PER_WORKER
      },
      before: from.totals,
      onError(where, error) {
        const message = `${where}: ${error.code}: ${error.message}.${error.detail ? ` ${error.detail}` : ''}`
        if (!skip) throw new Error(message)
        status.print(message)
      },
      onProgress(totals) {
        const now = source.progress()
        began ??= now
        status.show(() =>
          describeProgress(
            totals,
            totals.documents - from.totals.documents,
            (performance.now() - start) / 1000,
            now !== undefined && began !== undefined ? { began, now } : undefined
          )
        )
      }
    })
    await sink.finish()
    status.clear()
    end(totals, (performance.now() - start) / 1000)
  } catch (error) {
    status.clear()
    // What ended the run is told; a disk that is full cannot take a checkpoint either.
    await sink.suspend().catch(() => {})
    throw error
  } finally {
    await recognizer.close()
  }
}

const formats: Readonly<Record<Exclude<OutputFormat, 'brat'>, (unit: OffsetUnit) => Format>> = {
  ndjson: ndjsonFormat,
  csv: csvFormat,
  conll: () => conllFormat
}

/** @param format of one file; undefined is brat, a folder */
async function openSink(output: Output | undefined, format: Format | undefined): Promise<Sink> {
  if (!format) {
    if (!output) throw new Error('brat has no folder to write to. This is a bug.')
    return openFolderSink(output)
  }
  return output ? openFileSink(output, format) : openStreamSink(process.stdout, format)
}

function suggestOutput(path = ''): OutputFormat {
  if (/\.csv$/i.test(path)) return 'csv'
  return /\.conll$/i.test(path) ? 'conll' : 'ndjson'
}

/** What an interrupted run must have been of for this one to go on with it. */
function digest(job: Job, model: string): string {
  const path = job.path === '-' ? '-' : resolve(job.path)
  return createHash('sha256')
    .update(JSON.stringify([{ ...job, path }, model]))
    .digest('hex')
}

async function untilReady(recognizer: Recognizer): Promise<void> {
  for (;;) {
    const { started, fault } = recognizer.health()
    if (started) return
    if (fault !== undefined) throw new Error(`no worker can load the model: ${fault}`)
    await sleep(10)
  }
}

/** As process 1 of a container it would not notice them, for the system gives that one no default handler. */
function leaveOnSignals(): void {
  process.once('SIGTERM', () => process.exit(143))
  process.once('SIGINT', () => process.exit(130))
}

/** Says what was done, and whether all of it. */
function end({ documents, entities, failed }: Totals, seconds?: number): void {
  const time = seconds === undefined ? '' : ` in ${duration(seconds)}`
  process.stderr.write(`${documents} documents, ${entities} entities, ${failed} failed${time}\n`)
  if (failed > 0) process.exitCode = EXIT_SKIPPED
}

function oneOf<const Name extends string>(names: readonly Name[], value: string, option: string): Name {
  const name = names.find(one => one === value)
  if (name === undefined) throw new Error(`${option} is ${names.join(', ')}`)
  return name
}

function probability(value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !(number >= 0 && number <= 1)) throw new Error('--min-confidence is from 0 to 1')
  return number
}
