import { expect, test } from 'vitest'
import { MetricRegistry } from '../../src/metrics/registry.ts'
import { metricTable } from '../../src/metrics/table.ts'
import { Exposition } from '../helpers/exposition.ts'

async function read(registry: MetricRegistry): Promise<Exposition> {
  return new Exposition(await registry.text())
}

test('the registry has every metric of the table, and of the process only where asked', async () => {
  const registry = new MetricRegistry()
  const types = Object.fromEntries(Object.entries(metricTable).map(([name, { type }]) => [name, type]))
  expect(Object.fromEntries((await read(registry)).types)).toEqual(types)
  registry.addProcess()
  const { types: all } = await read(registry)
  expect(Object.fromEntries(all)).toMatchObject({
    ...types,
    process_cpu_seconds_total: 'counter',
    process_resident_memory_bytes: 'gauge',
    nodejs_eventloop_lag_p99_seconds: 'gauge'
  })
})

test('a counter adds up by its labels, and appears with 0', async () => {
  const registry = new MetricRegistry()
  registry.add('ner_entities_total', { label: 'Age' }, 0)
  registry.add('ner_entities_total', { label: 'Route' }, 2)
  registry.add('ner_entities_total', { label: 'Route' }, 3)
  const exposition = await read(registry)
  expect(exposition.values('ner_entities_total', { label: 'Age' })).toEqual([0])
  expect(exposition.values('ner_entities_total', { label: 'Route' })).toEqual([5])
})

test('a histogram has the buckets of the table', async () => {
  const registry = new MetricRegistry()
  for (const tokens of [64, 65, 100_000]) registry.observe('ner_dispatch_tokens', {}, tokens)
  const exposition = await read(registry)
  const bucket = (le: number | string): number => exposition.sum('ner_dispatch_tokens_bucket', { le })
  expect([64, 128, 8192, '+Inf'].map(bucket)).toEqual([1, 2, 2, 3])
  expect(exposition.values('ner_dispatch_tokens_bucket')).toHaveLength(
    metricTable.ner_dispatch_tokens.buckets.length + 1
  )
  expect(exposition.sum('ner_dispatch_tokens_sum')).toBe(100_129)
  expect(exposition.sum('ner_dispatch_tokens_count')).toBe(3)
})

test('a gauge that is set forgets the labels it had', async () => {
  const registry = new MetricRegistry()
  registry.set('ner_worker_resident_memory_bytes', [
    [{ worker: 0 }, 7],
    [{ worker: 1 }, 8]
  ])
  registry.set('ner_worker_resident_memory_bytes', [[{ worker: 1 }, 9]])
  expect((await read(registry)).by('ner_worker_resident_memory_bytes', 'worker')).toEqual({ 1: 9 })
})

test('registries know nothing of each other', async () => {
  const [one, other] = [new MetricRegistry(), new MetricRegistry()]
  one.add('ner_tokens_total', {}, 5)
  expect((await read(one)).sum('ner_tokens_total')).toBe(5)
  expect((await read(other)).sum('ner_tokens_total')).toBe(0)
})
