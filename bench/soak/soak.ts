import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../src/benchmark/notes.ts'
import { Service } from '../service.ts'
import { type Reading, readService } from './reading.ts'
import { Traffic } from './traffic.ts'

export interface SoakOptions {
  readonly modelFolder: string
  readonly workers: number
  /** how long to send, and between two readings */
  readonly seconds: number
  readonly interval: number
  /** of the capacity, which is measured first */
  readonly load: number
  readonly seed: number
  /** for the service, besides */
  readonly environment?: Readonly<Record<string, string>>
  /** called when nothing is under way, before the processes are looked at */
  readonly settle?: (pids: readonly number[]) => Promise<void>
  readonly progress: (text: string) => void
}

export interface Soaked {
  /** requests a second that the service takes when they come as fast as it answers */
  readonly capacity: number
  readonly readings: readonly Reading[]
  /** requests by kind and ending */
  readonly counts: ReadonlyMap<string, number>
  /** what was wrong with answers, or lost, in words */
  readonly wrong: readonly string[]
}

const CAPACITY_CALLERS = 16
const CAPACITY_SECONDS = 6
/** Requests under way at once above which the load is not what was asked for. */
const MOST_UNDER_WAY = 2000
/** For the service to notice that connections were closed. */
const REST_MS = 1000

/**
 * Sends mixed requests at random times, at a share of the capacity, whatever the answers do; now and then it lets all be
 * answered, closes the connections and reads what the service holds.
 */
export async function soak(options: SoakOptions): Promise<Soaked> {
  const { modelFolder, workers, seconds, interval, load, seed, environment, settle, progress } = options
  const service = await Service.start(workers, modelFolder, environment)
  try {
    const traffic = new Traffic(service.base, seed)
    const capacity = await measureCapacity(traffic)
    const random = seededRandom(seed + 1)
    const start = performance.now()
    const readings: Reading[] = []
    const wrong: string[] = []
    while (performance.now() - start < seconds * 1000) {
      wrong.push(...(await sendFor(interval, capacity * load, traffic, random)))
      traffic.rest()
      await sleep(REST_MS)
      const { pids } = service
      await settle?.(pids)
      const reading = readService(pids, (performance.now() - start) / 60_000)
      readings.push(reading)
      progress(formatReading(reading))
    }
    return { capacity, readings, counts: traffic.counts, wrong }
  } finally {
    await service.stop()
  }
}

/** @returns requests a second of callers that wait for their answers */
async function measureCapacity(traffic: Traffic): Promise<number> {
  const start = performance.now()
  let sent = 0
  const call = async (): Promise<void> => {
    while (performance.now() - start < CAPACITY_SECONDS * 1000) {
      await traffic.send()
      sent++
    }
  }
  await Promise.all(Array.from({ length: CAPACITY_CALLERS }, call))
  return sent / ((performance.now() - start) / 1000)
}

/**
 * Sends `rate` requests a second at random times for so many seconds, and ends when all have ended.
 * @returns what was wrong with answers
 */
async function sendFor(
  seconds: number,
  rate: number,
  traffic: Traffic,
  random: () => number
): Promise<string[]> {
  const start = performance.now()
  const underWay = new Set<Promise<void>>()
  const wrong: string[] = []
  let due = start
  while (due < start + seconds * 1000) {
    const wait = due - performance.now()
    if (wait > 0) await sleep(wait)
    if (underWay.size > MOST_UNDER_WAY) throw new Error(`${MOST_UNDER_WAY} requests were not answered.`)
    const sent: Promise<void> = traffic
      .send()
      .catch((error: unknown) => void wrong.push(error instanceof Error ? error.message : 'failed'))
      .finally(() => underWay.delete(sent))
    underWay.add(sent)
    due -= (Math.log(1 - random()) / rate) * 1000
  }
  await Promise.all(underWay)
  return wrong
}

function formatReading({ minutes, memory, main, workers }: Reading): string {
  const each = [main, workers].map(
    ({ allocated, files, threads }) => `${allocated.toFixed(1)} MB, ${files} files, ${threads} threads`
  )
  return `${minutes.toFixed(1)} min: ${memory.toFixed(0)} MB in all; main ${each.join('; workers ')}`
}
