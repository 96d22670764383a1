import { readFileSync } from 'node:fs'
import { parseStat, processStats } from './proc.ts'

/** Clock ticks of a second in /proc: the same on every Linux. */
const TICKS_PER_SECOND = 100
/** CPU of others, as a share of one core, above which a run proves nothing. */
export const FOREIGN_LIMIT = 0.1

/** CPU ticks since the start of the machine. */
interface CpuTimes {
  /** of the processors that this process may use */
  readonly busy: number
  /** of this process and all its descendants */
  readonly own: number
  /** when they were read, in milliseconds */
  readonly at: number
}

/**
 * Watches what others use of the processors that this process may use.
 * @returns a function that tells their share of one core since then
 */
export function watchOthers(): () => number {
  const start = readTimes()
  return () => foreignShare(start, readTimes())
}

export function foreignShare(start: CpuTimes, end: CpuTimes): number {
  const foreign = end.busy - start.busy - (end.own - start.own)
  return Math.max(0, foreign / TICKS_PER_SECOND / ((end.at - start.at) / 1000))
}

function readTimes(): CpuTimes {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? ''
  return {
    busy: busyTicks(readFileSync('/proc/stat', 'utf8'), parseCpuList(allowed)),
    own: ownTicks(processStats(), process.pid),
    at: performance.now()
  }
}

/** "0-2,5" as numbers. */
export function parseCpuList(list: string): Set<number> {
  const cpus = new Set<number>()
  for (const range of list.split(',')) {
    const [first, last = first] = range.split('-').map(Number)
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu)
  }
  return cpus
}

/**
 * Ticks that processes used of the given processors, and those that other machines of the same host took from them.
 * Without interrupts: those of our own connections are booked there too.
 * @param stat /proc/stat
 */
export function busyTicks(stat: string, cpus: ReadonlySet<number>): number {
  let ticks = 0
  for (const [, cpu, times] of stat.matchAll(/^cpu(\d+) (.*)$/gm)) {
    if (!cpus.has(Number(cpu))) continue
    const [user, nice, system, , , , , steal] = times.split(' ').map(Number)
    ticks += user + nice + system + steal
  }
  return ticks
}

/**
 * Ticks that a process and its descendants used, those included that have ended and were waited for.
 * @param stats /proc/PID/stat of every process
 */
export function ownTicks(stats: readonly string[], root: number): number {
  const processes = stats.map(parseStat)
  const own = new Set([root])
  for (let before = 0; before < own.size; ) {
    before = own.size
    for (const { pid, parent } of processes) if (own.has(parent)) own.add(pid)
  }
  return processes.filter(({ pid }) => own.has(pid)).reduce((sum, { ticks }) => sum + ticks, 0)
}
