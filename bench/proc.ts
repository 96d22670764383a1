import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessTimes {
  readonly pid: number
  readonly parent: number
  /** CPU ticks, with those of children that have ended and were waited for */
  readonly ticks: number
}

/** @param stat /proc/PID/stat: "pid (name) state ppid ..."; the name may hold spaces and parentheses */
export function parseStat(stat: string): ProcessTimes {
  const [, parent, ...rest] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  // utime, stime, cutime, cstime
  const ticks = rest.slice(9, 13).reduce((sum, each) => sum + each, 0)
  return { pid: Number.parseInt(stat, 10), parent, ticks }
}

/** /proc/PID/stat of every process. */
export function processStats(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        return [readFileSync(`/proc/${name}/stat`, 'utf8')]
      } catch {
        // It has ended.
        return []
      }
    })
}

/** A process and its children. */
export function familyOf(pid: number): number[] {
  const children = processStats()
    .map(parseStat)
    .filter(({ parent }) => parent === pid)
  return [pid, ...children.map(child => child.pid)]
}

/** Memory of some processes together, in MB. */
export interface Memory {
  /** a page that n processes share counts 1/n for each of them (PSS) */
  readonly all: number
  /** what they have allocated themselves: the part that can leak, and that no other process has a share in */
  readonly allocated: number
}

export function memoryOf(pids: readonly number[]): Memory {
  const rollups = pids.map(pid => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))
  const total = (field: RegExp): number =>
    rollups.reduce((sum, rollup) => sum + Number(field.exec(rollup)?.[1]), 0) / 1024
  return { all: total(/^Pss:\s+(\d+) kB$/m), allocated: total(/^Pss_Anon:\s+(\d+) kB$/m) }
}
