import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createQuotas } from '../../src/access/quotas.ts'

/** Quotas with a clock that the test moves. */
function setUp() {
  const clock = { time: 1000.25 }
  const quotas = createQuotas(() => clock.time)
  return { clock, quotas }
}

describe('a quota', () => {
  test('is granted at once, and then refused with the time to wait', () => {
    const { quotas } = setUp()
    const seen = Array.from({ length: 4 }, () => quotas.take('a', 3))
    expect(seen).toEqual([
      { limit: 3, remaining: 2, reset: 20 },
      { limit: 3, remaining: 1, reset: 40 },
      { limit: 3, remaining: 0, reset: 60 },
      { limit: 3, remaining: 0, reset: 60, retryAfter: 20 }
    ])
  })

  test('comes back steadily, and to no more than itself', () => {
    const { clock, quotas } = setUp()
    for (let i = 0; i < 3; i++) quotas.take('a', 3)
    clock.time += 20_000
    expect(quotas.take('a', 3)).toMatchObject({ remaining: 0 })
    expect(quotas.take('a', 3)).toHaveProperty('retryAfter')
    clock.time += 86_400_000
    expect(quotas.take('a', 3)).toEqual({ limit: 3, remaining: 2, reset: 20 })
  })

  test('of one key is not that of another', () => {
    const { quotas } = setUp()
    quotas.take('a', 1)
    expect(quotas.take('a', 1)).toHaveProperty('retryAfter')
    expect(quotas.take('b', 1)).not.toHaveProperty('retryAfter')
  })

  test('may be lowered while it is in use', () => {
    const { quotas } = setUp()
    quotas.take('a', 100)
    expect(quotas.take('a', 2)).toMatchObject({ limit: 2, remaining: 1 })
  })

  test('is there again when it was promised, though times are not round', () => {
    const { clock, quotas } = setUp()
    clock.time += 8191.999847097386
    quotas.take('a', 1)
    const { retryAfter = 0 } = quotas.take('a', 1)
    clock.time += retryAfter * 1000
    expect(quotas.take('a', 1)).toMatchObject({ remaining: 0 })
    expect(quotas.take('a', 1).retryAfter).toBe(60)
  })

  test('is never passed, and what is promised is kept, however requests arrive', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.double({ min: 0, max: 90_000, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (limit, pauses) => {
          const { clock, quotas } = setUp()
          const began = clock.time
          let granted = 0
          for (const pause of pauses) {
            clock.time += pause
            const { retryAfter, remaining } = quotas.take('a', limit)
            if (retryAfter === undefined) granted++
            expect(granted).toBeLessThanOrEqual(limit + ((clock.time - began) * limit) / 60_000 + 1e-6)
            expect(remaining).toBeGreaterThanOrEqual(0)
            if (retryAfter === undefined) continue
            expect(retryAfter).toBeGreaterThanOrEqual(1)
            clock.time += retryAfter * 1000
            expect(quotas.take('a', limit)).not.toHaveProperty('retryAfter')
            granted++
          }
        }
      )
    )
  })
})
