import { availableParallelism } from 'node:os'
import { describe, expect, test } from 'vitest'
import { usableCores } from '../src/cores.ts'

const cores = availableParallelism()

describe('usable cores', () => {
  test.each([
    ['no quota', 'max 100000\n', cores],
    ['no control group', '', cores],
    ['a quota of one core', '100000 100000\n', 1],
    ['a quota of less than one core', '50000 100000\n', 1],
    ['a quota of one core and a half', '150000 100000\n', 1],
    ['another period', '20000 20000\n', 1],
    ['a quota above what there is', `${(cores + 3) * 100_000} 100000\n`, cores],
    ['a quota of exactly what there is', `${cores * 100_000} 100000\n`, cores],
    ['a quota just below what there is', `${cores * 100_000 - 1} 100000\n`, Math.max(1, cores - 1)],
    ['a quota of nothing, which is none', '0 100000\n', cores],
    ['a negative quota, which is none', '-1 100000\n', cores],
    ['something else', 'unlimited', cores]
  ])('with %s', (_what, quota, expected) => {
    expect(usableCores(() => quota)).toBe(expected)
  })

  test('of this machine are at least one and at most what the scheduler gives', () => {
    expect(usableCores()).toBeGreaterThanOrEqual(1)
    expect(usableCores()).toBeLessThanOrEqual(cores)
  })
})
