import { pairwiseSlopes, summarize } from '../statistics.ts'
import type { Holdings, Reading } from './reading.ts'

/** What a service that leaks nothing stays within. */
export interface Limits {
  /** growth of what the processes of a kind have allocated, in MB a minute */
  readonly growth: number
  /** between the most and the fewest file descriptors, and the same of threads */
  readonly files: number
  readonly threads: number
}

/** How much what the processes of a kind hold has changed. */
export interface Change {
  /** MB a minute: the median of the slopes between all pairs of readings (Theil-Sen) */
  readonly growth: number
  readonly growthQuartiles: readonly [number, number]
  /** fewest and most */
  readonly files: readonly [number, number]
  readonly threads: readonly [number, number]
}

export interface Verdict {
  readonly main: Change
  readonly workers: Change
  /** what was not kept, in words; empty is good */
  readonly faults: readonly string[]
}

/** @param readings those after the service has warmed up */
export function judge(readings: readonly Reading[], limits: Limits): Verdict {
  const minutes = readings.map(({ minutes }) => minutes)
  const main = changeOf(
    minutes,
    readings.map(({ main }) => main)
  )
  const workers = changeOf(
    minutes,
    readings.map(({ workers }) => workers)
  )
  const replaced = new Set(readings.flatMap(({ pids }) => pids)).size - readings[0].pids.length
  return {
    main,
    workers,
    faults: [
      ...faultsOf('main process', main, limits),
      ...faultsOf('workers', workers, limits),
      ...(replaced > 0 ? [`${replaced} workers were replaced`] : [])
    ]
  }
}

function changeOf(minutes: readonly number[], holdings: readonly Holdings[]): Change {
  const slopes = summarize(
    pairwiseSlopes(
      minutes,
      holdings.map(({ allocated }) => allocated)
    )
  )
  return {
    growth: slopes.median,
    growthQuartiles: slopes.quartiles,
    files: range(holdings.map(({ files }) => files)),
    threads: range(holdings.map(({ threads }) => threads))
  }
}

function range(numbers: readonly number[]): readonly [number, number] {
  return [Math.min(...numbers), Math.max(...numbers)]
}

function faultsOf(who: string, { growth, files, threads }: Change, limits: Limits): string[] {
  const faults: string[] = []
  if (growth > limits.growth) faults.push(`${who}: memory grows by ${growth.toFixed(2)} MB a minute`)
  if (files[1] - files[0] > limits.files)
    faults.push(`${who}: file descriptors go from ${files.join(' to ')}`)
  if (threads[1] - threads[0] > limits.threads) faults.push(`${who}: threads go from ${threads.join(' to ')}`)
  return faults
}
