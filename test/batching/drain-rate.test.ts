import { describe, expect, test } from 'vitest'
import { DrainRate } from '../../src/batching/drain-rate.ts'

describe('the drain rate', () => {
  test('is what it was told until something was measured', () => {
    expect(new DrainRate(50).perMillisecond).toBe(50)
  })

  test('moves a tenth of the way to each measurement', () => {
    const rate = new DrainRate(50)
    rate.record(1000, 10)
    expect(rate.perMillisecond).toBeCloseTo(55)
    rate.record(100, 10)
    expect(rate.perMillisecond).toBeCloseTo(50.5)
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
