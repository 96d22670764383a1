import { describe, expect, test } from 'vitest'
import { arrive, percentile, poissonArrivals, saturate } from '../../src/benchmark/load.ts'
import { seededRandom } from '../../src/benchmark/notes.ts'

describe('saturate', () => {
  test('sends each request once and keeps no more under way than asked', async () => {
    const seen: number[] = []
    let underWay = 0
    let most = 0
    const result = await saturate(
      {
        count: 50,
        async send(index) {
          most = Math.max(most, ++underWay)
          seen.push(index)
          await new Promise(setImmediate)
          underWay--
          return index % 10 === 0 ? 'refused' : 'answered'
        }
      },
      4
    )
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(most).toBe(4)
    expect(result).toMatchObject({ answered: 45, refused: 5 })
    expect(result.latencies).toHaveLength(45)
  })

  test('fails when a request does', async () => {
    const send = () => Promise.reject(new Error('500'))
    await expect(saturate({ count: 3, send }, 1)).rejects.toThrow('500')
  })
})

test('arrive does not wait for answers', async () => {
  let underWay = 0
  let release = (): void => {}
  const all = new Promise<void>(resolve => {
    release = resolve
  })
  const progress: number[] = []
  const result = await arrive(
    {
      count: 20,
      async send() {
        // Nothing is answered before everything has arrived.
        if (++underWay === 20) release()
        await all
        return 'answered'
      },
      onProgress: done => void progress.push(done)
    },
    10_000,
    seededRandom(1)
  )
  expect(result.answered).toBe(20)
  expect(progress.at(-1)).toBe(20)
})

test('Poisson arrivals keep their rate, and their gaps vary as much as they are long', () => {
  const times = poissonArrivals(20_000, 50, seededRandom(1))
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
  expect(mean).toBeCloseTo(20, 0)
  expect(deviation / mean).toBeCloseTo(1, 1)
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0)
  // No gap remembers the one before it.
  const covariance = gaps.slice(1).reduce((sum, gap, i) => sum + (gap - mean) * (gaps[i] - mean), 0)
  expect(Math.abs(covariance / gaps.length / deviation ** 2)).toBeLessThan(0.02)
  expect(poissonArrivals(20_000, 50, seededRandom(1))).toEqual(times)
})

test.each([
  [[5], 0.5, 5],
  [[1, 2, 3, 4], 0.5, 2],
  [[4, 3, 2, 1], 0.99, 4],
  [[1, 2, 3, 4], 0, 1],
  [[], 0.5, Number.NaN]
])('percentile of %j at %d is %d', (values, quantile, expected) => {
  expect(percentile(values, quantile)).toEqual(expected)
})
