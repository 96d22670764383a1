import { closeSync, openSync, readFileSync } from 'node:fs'
import { Service } from '../service.ts'
import { caseOf } from './cases.ts'
import { type Contract, readContract } from './contract.ts'
import { converse } from './exchange.ts'
import { judge } from './judge.ts'
import { CANARY } from './texts.ts'

export interface FuzzOptions {
  readonly modelFolder: string
  readonly seed: number
  /** numbers of the cases: from the first up to but not including the last */
  readonly from: number
  readonly to: number
  /** path of a file for what the service writes, read when it has ended */
  readonly logFile: string
  readonly progress: (text: string) => void
}

export interface Fuzzed {
  /** cases by kind and the status of their first answer; 0 is a connection that was closed without one */
  readonly counts: ReadonlyMap<string, number>
  readonly faults: readonly string[]
  /** of the slowest case */
  readonly slowest: number
  /** growth of the PSS of all processes, in MB */
  readonly growth: number
}

const AT_ONCE = 48
const WORKERS = 1
/** Cases between two askings of a note whose answer is known. */
const CONTROL_EVERY = 500
const MOST_FAULTS = 20
/** The shortest time for a request, since many never end; long ones for answers, so that next to none is refused. */
const environment = {
  NER_REQUEST_TIMEOUT_MS: '1000',
  NER_MAX_WAIT_MS: '60000',
  NER_DEADLINE_MS: '60000',
  LOG_LEVEL: 'trace'
}
const control = 'Ms. Okafor denies chest pain. She takes aspirin 81 mg daily.'

/** Sends cases to a service of its own and judges every answer, what it writes, and whether it is as before. */
export async function fuzz(options: FuzzOptions): Promise<Fuzzed> {
  const { modelFolder, seed, from, to, logFile, progress } = options
  const log = openSync(logFile, 'w')
  const service = await Service.start(WORKERS, modelFolder, environment, log)
  const faults: string[] = []
  const counts = new Map<string, number>()
  let slowest = 0
  let growth = 0
  try {
    const contract = await contractOf(service.base)
    const port = Number(new URL(service.base).port)
    const known = await askControl(service.url)
    const before = { memory: service.memory().all, pids: service.pids.join() }
    let next = from
    const work = async (): Promise<void> => {
      while (next < to && faults.length < MOST_FAULTS) {
        const number = next++
        const one = caseOf(seed, number, contract)
        const conversation = await converse(port, one.bytes, one.bodiless)
        const fault = judge(one, conversation, contract)
        if (fault) faults.push(`case ${number} (${one.kind}): ${fault}`)
        const key = `${one.kind} ${conversation.answers[0]?.status ?? 0}`
        counts.set(key, (counts.get(key) ?? 0) + 1)
        slowest = Math.max(slowest, conversation.milliseconds)
        if (number % CONTROL_EVERY === 0) {
          if ((await askControl(service.url)) !== known)
            faults.push(`case ${number}: the known note is answered otherwise`)
          progress(`${number - from} of ${to - from} cases, ${faults.length} faults`)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    growth = service.memory().all - before.memory
    if (service.pids.join() !== before.pids) faults.push('a process has ended or was replaced')
    if ((await askControl(service.url)) !== known)
      faults.push('the known note is answered otherwise at the end')
  } catch (error) {
    faults.push(`the service could not be asked: ${error instanceof Error ? error.message : 'failed'}`)
  } finally {
    await service.stop()
    closeSync(log)
  }
  return { counts, faults: [...faults, ...faultsOfLog(readFileSync(logFile, 'utf8'))], slowest, growth }
}

/** The contract of a running service. */
export async function contractOf(base: string): Promise<Contract> {
  const get = async (path: string) => (await fetch(`${base}${path}`)).json()
  const { labels } = (await get('/labels')) as { labels: string[] }
  return readContract((await get('/openapi.json')) as Parameters<typeof readContract>[0], labels)
}

async function askControl(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ text: control }) })
  return await response.text()
}

function faultsOfLog(log: string): string[] {
  const lines = log.split('\n').filter(line => line !== '')
  const errors = lines.filter(line => !line.startsWith('{') || /^\{"level":[56]0/.test(line))
  return [
    ...(log.includes(CANARY) ? ['text of a request is in the log'] : []),
    ...(errors.length > 0
      ? [`${errors.length} errors in the log, the first: ${errors[0].slice(0, 300)}`]
      : [])
  ]
}
