import { expect, test } from 'vitest'
import { busyTicks, foreignShare, ownTicks, parseCpuList } from '../../bench/interference.ts'

test.each([
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['0-1,4,6-7', [0, 1, 4, 6, 7]]
])('the processors of %s', (list, cpus) => {
  expect([...parseCpuList(list)]).toEqual(cpus)
})

test('busy ticks are those of processes on our processors, and those taken by other machines', () => {
  const stat = [
    'cpu  9000 9000 9000 9000 0 0 0 9000 0 0',
    'cpu0 100 20 3 5000 700 800 900 4000 100 0',
    'cpu1 1 1 1 1 1 1 1 1 1 1',
    'cpu10 50000 0 0 0 0 0 0 0 0 0',
    'intr 12345'
  ].join('\n')
  expect(busyTicks(stat, new Set([0]))).toBe(100 + 20 + 3 + 4000)
  expect(busyTicks(stat, new Set([0, 1]))).toBe(4123 + 4)
})

/** A line of /proc/PID/stat. */
function stat(pid: number, parent: number, [utime, stime, cutime, cstime]: number[], name = 'node'): string {
  return `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 9 9 9 9 ${utime} ${stime} ${cutime} ${cstime} 20 0 11 0 123 456`
}

test('own ticks are those of a process and all its descendants, ended ones included', () => {
  const stats = [
    // The child stands before its parent.
    stat(30, 20, [1000, 0, 0, 0], 'a) S 999 (b'),
    stat(20, 10, [100, 0, 0, 5]),
    stat(10, 1, [10, 1, 40, 0]),
    stat(40, 1, [70_000, 0, 0, 0])
  ]
  expect(ownTicks(stats, 10)).toBe(1000 + 105 + 51)
})

test('the share of others is what is busy and not our own, of one core', () => {
  const start = { busy: 1000, own: 400, at: 5000 }
  expect(foreignShare(start, { busy: 1500, own: 600, at: 7000 })).toBeCloseTo(1.5)
  expect(foreignShare(start, { busy: 1200, own: 600, at: 7000 })).toBe(0)
  // Clocks of processes and processors are not read at the same instant.
  expect(foreignShare(start, { busy: 1199, own: 600, at: 7000 })).toBe(0)
})
