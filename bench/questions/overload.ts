import { setTimeout as sleep } from 'node:timers/promises'
import { alternate } from '../alternate.ts'
import type { Finding } from '../finding.ts'
import type { TallyFacts } from '../load/tally.ts'
import { notesOf } from '../notes.ts'
import type { Client } from '../processes/client.ts'
import type { RemoteProcess } from '../processes/remote.ts'
import type { Question } from '../question.ts'
import type { Service } from '../service.ts'
import type { Stage } from '../stage.ts'
import { quantile, ratios, summarize } from '../statistics.ts'

const TOKENS = 500
const NOTES = 200
const WORKERS = 2
const CALLERS = 32
const SATURATIONS = 3
const SATURATED_SECONDS = 3
const OVERLOAD = 10
const FLOOD_SECONDS = 60
/** At half of the capacity: before the flood, until it has to be over, and after that. */
const BEFORE_SECONDS = 15
const RECOVERY_SECONDS = 2
const AFTER_SECONDS = 15
const MEMORY_INTERVAL_MS = 2000
const BARE_PAIRS = 5
const BARE_SECONDS = 4
/** Of a flood before and after what is measured beside it. */
const MARGIN_SECONDS = 1
const DEADLINE_MS = 30_000
/** Of what may come: an answer, a refusal, or word that the deadline has passed. */
const STATUSES: ReadonlySet<number> = new Set([200, 503, 504])

export const overload: Question = {
  name: 'overload',
  asks: 'What is left of capacity, latency and memory while ten times as much comes as can be done?',
  async run(stage) {
    const service = await stage.service(WORKERS)
    const client = await stage.client(service, notesOf(TOKENS, NOTES))
    const alone = await flood(stage, service, client, 'overload')
    const hogs = stage.hogs(WORKERS)
    for (const hog of hogs) hog.call('spin', Number.MAX_SAFE_INTEGER).catch(() => {})
    const beside = await flood(stage, service, client, 'overload beside a hog')
    await Promise.all([client, ...hogs].map(process => process.stop()))
    await service.stop()
    return [...alone.findings, await againstBare(stage, alone), ...beside.findings]
  }
}

interface Flooded {
  readonly findings: readonly Finding[]
  /** requests a second that were sent */
  readonly rate: number
  /** share of the capacity */
  readonly goodput: number
}

async function flood(
  stage: Stage,
  service: Service,
  client: RemoteProcess<Client>,
  name: string
): Promise<Flooded> {
  stage.progress(`${name}: measuring the capacity`)
  const saturations: number[] = []
  for (let i = 0; i < stage.samples(SATURATIONS); i++) {
    saturations.push(
      await client.call('saturatePatiently', {
        callers: CALLERS,
        seconds: Math.max(1, stage.amount(SATURATED_SECONDS))
      })
    )
  }
  const capacity = summarize(saturations).median
  const half = capacity / 2
  const rate = capacity * OVERLOAD
  const seconds = stage.amount(FLOOD_SECONDS)
  const before = service.memory().all
  const memory: number[] = []
  const watch = setInterval(() => {
    memory.push(service.memory().all - before)
    stage.progress(`${name}: ${memory.length * (MEMORY_INTERVAL_MS / 1000)} s`)
  }, MEMORY_INTERVAL_MS)
  const [normal, over, recovery, after] = await client.call(
    'flood',
    [
      { rate: half, seconds: stage.amount(BEFORE_SECONDS) },
      { rate, seconds },
      { rate: half, seconds: RECOVERY_SECONDS },
      { rate: half, seconds: stage.amount(AFTER_SECONDS) }
    ],
    1
  )
  clearInterval(watch)
  for (const tally of [normal, over, recovery, after]) check(tally)
  const { accepted, acceptedMeanwhile, refused } = over
  if (refused.length === 0) throw new Error('Nothing was refused: there was no overload.')
  const goodputs = saturations.map(each => acceptedMeanwhile / seconds / each)
  const usual = quantile(normal.accepted, 0.99)
  const ended = quantile(after.accepted, 0.99)
  const goodput = acceptedMeanwhile / seconds / capacity
  const findings: Finding[] = [
    {
      name: `${name}: goodput`,
      value: goodput,
      quartiles: summarize(goodputs).quartiles,
      unit: 'x',
      goal: { atLeast: 0.9 },
      detail: `${Math.round(acceptedMeanwhile / seconds)} of ${Math.round(capacity)} notes/s; ${over.sent} sent, ${answered(over)}`
    },
    {
      name: `${name}: accepted, p99`,
      ...tailOf(accepted),
      unit: 'ms',
      goal: { atMost: DEADLINE_MS },
      detail: `p50 ${quantile(accepted, 0.5).toFixed(0)} ms`
    },
    {
      name: `${name}: refused, p99`,
      ...tailOf(refused),
      unit: 'ms',
      goal: { atMost: 25 },
      detail: `p50 ${quantile(refused, 0.5).toFixed(1)} ms`
    },
    {
      name: `${name}: memory`,
      value: Math.max(0, ...memory),
      quartiles: summarize(memory.length === 0 ? [0] : memory).quartiles,
      unit: 'MB',
      goal: { atMost: 100 },
      detail: `more than the ${Math.round(before)} MB before`
    },
    {
      name: `${name}: p99 afterwards`,
      value: ended / usual,
      quartiles: [ended / usual, ended / usual],
      unit: 'x',
      goal: { atMost: 1.5 },
      detail: `${ended.toFixed(0)} ms from ${RECOVERY_SECONDS} s after the flood on, ${usual.toFixed(0)} ms before it`,
      tolerance: 0.3
    }
  ]
  return { findings, rate, goodput }
}

/**
 * The generator takes from the same processors, and HTTP does: what is left to two bare sessions while a bare server
 * refuses as much, of what they do alone, is what no service could exceed.
 */
async function againstBare(stage: Stage, { rate, goodput }: Flooded): Promise<Finding> {
  const notes = notesOf(TOKENS, NOTES)
  const client = await stage.refusedClient(notes)
  const bare = await stage.bothBare(notes)
  const seconds = Math.max(1, stage.amount(BARE_SECONDS))
  const byThemselves = (): Promise<number> => bare(seconds)
  const beside = async (): Promise<number> => {
    const flooded = client.call('flood', [{ rate, seconds: seconds + 2 * MARGIN_SECONDS }], 1)
    await sleep(MARGIN_SECONDS * 1000)
    const speed = await byThemselves()
    await flooded
    return speed
  }
  await byThemselves()
  const [left, alone] = await alternate(stage, stage.samples(BARE_PAIRS), beside, byThemselves)
  const { median, quartiles } = summarize(ratios(left, alone))
  return {
    name: 'overload: goodput against bare',
    value: goodput / median,
    quartiles: [goodput / quartiles[1], goodput / quartiles[0]],
    unit: 'x',
    goal: { atLeast: 0.9 },
    detail: `two bare sessions keep ${median.toFixed(2)} of their speed beside a bare server that refuses as much`
  }
}

/** @throws Error when a request was answered wrongly, twice, not at all, or by anything that is not promised */
function check({ sent, statuses, lost, wrong, withoutRetryAfter }: TallyFacts): void {
  const total = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  if (lost > 0 || total !== sent) throw new Error(`Of ${sent} requests ${total} were answered, ${lost} lost.`)
  if (wrong > 0) throw new Error(`${wrong} answers were not those to their texts.`)
  if (withoutRetryAfter > 0) throw new Error(`${withoutRetryAfter} refusals did not say when to come back.`)
  const other = Object.keys(statuses).find(status => !STATUSES.has(Number(status)))
  if (other !== undefined) throw new Error(`The service answered with ${other}.`)
}

function answered({ statuses }: TallyFacts): string {
  return Object.entries(statuses)
    .map(([status, count]) => `${count} with ${status}`)
    .join(', ')
}

function tailOf(latencies: readonly number[]): { value: number; quartiles: readonly [number, number] } {
  return {
    value: quantile(latencies, 0.99),
    quartiles: [quantile(latencies, 0.985), quantile(latencies, 0.995)]
  }
}
