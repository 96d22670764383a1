import { readdirSync } from 'node:fs'
import { memoryOf } from '../proc.ts'

/** What some processes of one kind hold at a moment. */
export interface Holdings {
  /** MB that they have allocated themselves, see `Memory` */
  readonly allocated: number
  /** open file descriptors */
  readonly files: number
  readonly threads: number
}

/** What the service holds at a moment. */
export interface Reading {
  /** minutes since the first load */
  readonly minutes: number
  /** PSS of all processes, in MB */
  readonly memory: number
  readonly main: Holdings
  readonly workers: Holdings
  /** of the workers: another one is a worker that was replaced */
  readonly pids: readonly number[]
}

/** @param pids the main process and, after it, its workers */
export function readService([main, ...workers]: readonly number[], minutes: number): Reading {
  return {
    minutes,
    memory: memoryOf([main, ...workers]).all,
    main: holdingsOf([main]),
    workers: holdingsOf(workers),
    pids: workers
  }
}

function holdingsOf(pids: readonly number[]): Holdings {
  return {
    allocated: memoryOf(pids).allocated,
    files: sum(pids.map(pid => readdirSync(`/proc/${pid}/fd`).length)),
    threads: sum(pids.map(pid => readdirSync(`/proc/${pid}/task`).length))
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
