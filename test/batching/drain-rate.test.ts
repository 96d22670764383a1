import { describe, expect, test } from 'vitest'
import { DrainRate } from '../../src/batching/drain-rate.ts'

describe('the drain rate', () => {
  test('is what it was told until something was measured', () => {
    expect(new DrainRate(50).perMillisecond).toBe(50)
  })

  test('is the cost of all dispatches over their time, older ones counting less', () => {
    const rate = new DrainRate(50)
    rate.record(1000, 10)
    expect(rate.perMillisecond).toBeCloseTo((50 * 0.9 + 1000) / (0.9 + 10))
    rate.record(100, 10)
    expect(rate.perMillisecond).toBeCloseTo((50 * 0.81 + 900 + 100) / (0.81 + 9 + 10))
  })

  test('is not hidden by small dispatches, which cost more than their size', () => {
    const rate = new DrainRate(50)
    for (let i = 0; i < 20; i++) rate.record(30_000, 100)
    for (let i = 0; i < 5; i++) rate.record(50, 2)
    expect(rate.perMillisecond).toBeGreaterThan(270)
  })

  test('comes to what is measured again and again', () => {
    const rate = new DrainRate(50)
    for (let i = 0; i < 200; i++) rate.record(700, 2)
    expect(rate.perMillisecond).toBeCloseTo(350, 3)
  })

  test.each([
    ['took no time', 100, 0],
    ['took less than none', 100, -1],
    ['cost nothing', 0, 10]
  ])('does not learn from what %s', (_what, cost, milliseconds) => {
    const rate = new DrainRate(50)
    rate.record(cost, milliseconds)
    expect(rate.perMillisecond).toBe(50)
  })
})
