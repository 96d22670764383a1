import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Cores that this process may use: the scheduler's affinity, and the quota of its control group when one is set. */
export function usableCores(readQuota: () => string = readCgroupQuota): number {
  const cores = availableParallelism()
  const [quota, period] = readQuota().trim().split(' ').map(Number)
  return quota > 0 && period > 0 ? Math.max(1, Math.min(cores, Math.floor(quota / period))) : cores
}

/** "max 100000" or "200000 100000" (microseconds of CPU time a period); empty where there are no such groups. */
function readCgroupQuota(): string {
  try {
    return readFileSync('/sys/fs/cgroup/cpu.max', 'utf8')
  } catch {
    return ''
  }
}
