import { expect, test } from 'vitest'
import { metricTable } from '../../src/metrics/table.ts'

const metrics = Object.entries(metricTable)

test.each(metrics)('%s has a name in base units, and says what it is', (name, { type, help }) => {
  expect(name).toMatch(/^(ner|http_server)_[a-z_]+$/)
  expect(name.endsWith('_total')).toBe(type === 'counter')
  expect(name).not.toMatch(/milliseconds|_ms\b|percent/)
  expect(help).toMatch(/^[A-Z].*\.$/)
})

test.each(metrics.filter(([, { type }]) => type === 'histogram'))(
  '%s has buckets that ascend',
  (_name, metric) => {
    const { buckets } = metric as { buckets: readonly number[] }
    expect(buckets.length).toBeGreaterThan(5)
    expect([...buckets].sort((a, b) => a - b)).toEqual(buckets)
    expect(new Set(buckets).size).toBe(buckets.length)
  }
)
