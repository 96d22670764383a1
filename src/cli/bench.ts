import { fork } from 'node:child_process'
import { arrive, type LoadResult, percentile, type Send, saturate } from '../benchmark/load.ts'
import { fictitiousNotes, seededRandom } from '../benchmark/notes.ts'
import type { NerResponse } from '../schemas/ner.ts'
import { defineCommand } from './command.ts'
import { readCorpus } from './corpus.ts'
import { requestHeaders } from './request-headers.ts'

/** Requests under way at once when the service is saturated. */
const CALLERS = 32

/**
 * Measures the case that the vendor of the original publishes: 1,000 notes of about 500 tokens. First as fast as the
 * service goes, then the latency of single notes at half of that rate, with arrivals that do not wait for answers.
 */
export const benchCommand = defineCommand({
  summary: 'measure throughput and latency of the service, on fictitious notes or your own',
  usage: 'ner-jsl bench [--url http://host:port] [--notes 1000] [--words 430] [FILE.jsonl]',
  options: {
    url: { type: 'string' },
    notes: { type: 'string', default: '1000' },
    words: { type: 'string', default: '430' }
  },
  async run({ url, notes, words }, [file]) {
    const texts = file
      ? await readTexts(file)
      : fictitiousNotes(positive(notes, '--notes'), positive(words, '--words'))
    const service = url ? { url, stop: async () => {} } : await startService()
    try {
      await bench(service.url, texts)
    } finally {
      await service.stop()
    }
  }
})

async function bench(url: string, texts: readonly string[]): Promise<void> {
  const tokens = await countTokens(url, texts)
  const send = sender(url, texts)
  progress('warming up', 0, 1)
  await saturate({ count: Math.min(200, texts.length), send }, CALLERS)
  const onProgress = (title: string) => (done: number) => progress(title, done, texts.length)
  const full = await saturate({ count: texts.length, send, onProgress: onProgress('saturated') }, CALLERS)
  const rate = full.answered / full.seconds
  const half = await arrive(
    { count: texts.length, send, onProgress: onProgress('half the rate') },
    rate / 2,
    seededRandom(2)
  )
  const one = await saturate(
    { count: Math.min(200, texts.length), send, onProgress: onProgress('one by one') },
    1
  )
  progress('', 0, 0)
  const average = tokens / texts.length
  process.stdout.write(
    [
      `${texts.length} notes, ${Math.round(average)} tokens each; ${url}`,
      '',
      `${'load'.padEnd(34)}${['notes/s', 'tokens/s', 'p50 ms', 'p95 ms', 'p99 ms', 'refused'].map(name => name.padStart(10)).join('')}`,
      row(`saturated, ${CALLERS} requests at once`, full, average),
      row(`open loop at ${Math.round(rate / 2)} notes/s`, half, average),
      row('one request at a time', one, average),
      ''
    ].join('\n')
  )
}

function row(name: string, { answered, refused, seconds, latencies }: LoadResult, tokens: number): string {
  const rate = answered / seconds
  const cells = [rate.toFixed(1), Math.round(rate * tokens).toLocaleString('en')]
  for (const quantile of [0.5, 0.95, 0.99]) cells.push(percentile(latencies, quantile).toFixed(1))
  return name.padEnd(34) + [...cells, String(refused)].map(cell => cell.padStart(10)).join('')
}

/** One line on a terminal, rewritten; nothing where standard error is not one. */
function progress(title: string, done: number, count: number): void {
  if (!process.stderr.isTTY) return
  const width = 30
  const filled = count === 0 ? 0 : Math.round((done / count) * width)
  process.stderr.write(
    count === 0
      ? '\r\x1b[K'
      : `\r\x1b[K${title.padEnd(16)}[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${count}`
  )
}

function sender(url: string, texts: readonly string[]): Send {
  return async index => {
    const response = await post(url, { text: texts[index % texts.length] })
    const { ok, status } = response
    await response.arrayBuffer()
    if (ok) return 'answered'
    if (status === 503) return 'refused'
    throw new Error(`the service answered ${status}`)
  }
}

/** Also a check before anything is timed: every note is answered, with spans of its own. */
async function countTokens(url: string, texts: readonly string[]): Promise<number> {
  let count = 0
  for (const text of texts.slice(0, 100)) {
    const response = await post(url, { text, options: { include: ['tokens'] } })
    if (!response.ok) throw new Error(`the service answered ${response.status}`)
    const { entities, tokens = [] } = (await response.json()) as NerResponse
    if (entities.some(({ start, end, text: span }) => text.slice(start, end) !== span)) {
      throw new Error('the service answered with a wrong span')
    }
    count += tokens.length
  }
  return (count / Math.min(100, texts.length)) * texts.length
}

function post(url: string, body: object): Promise<Response> {
  return fetch(new URL('/ner', url), {
    method: 'POST',
    headers: requestHeaders(),
    body: JSON.stringify(body)
  })
}

async function readTexts(file: string): Promise<string[]> {
  const texts: string[] = []
  for await (const { text } of readCorpus(file, 'utf16')) texts.push(text)
  if (texts.length === 0) throw new Error(`${file} has no documents`)
  return texts
}

function positive(value: string, name: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new Error(`${name} is a whole number of at least 1`)
  return number
}

/** The service in a process of its own on a free port, ready. */
async function startService(): Promise<{ url: string; stop(): Promise<void> }> {
  const child = fork(new URL('../server.js', import.meta.url), {
    env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc']
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      // Read on: a full pipe would stop the service.
      if (output.length < 100_000) output += chunk
      const address = /"address":"([^"]+)"/.exec(output)?.[1]
      if (address) resolve(address)
    })
    void ended.then(() => reject(new Error('the service did not start')))
  })
  while (!(await fetch(new URL('/readyz', url))).ok) await new Promise(resolve => setTimeout(resolve, 50))
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await ended
    }
  }
}
