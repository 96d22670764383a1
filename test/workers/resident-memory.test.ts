import { expect, test } from 'vitest'
import { residentMemory } from '../../src/workers/resident-memory.ts'

test('the memory of a process is what it says of itself, and that of none is unknown', () => {
  const here = residentMemory(process.pid) ?? 0
  // Both change from moment to moment.
  expect(here / process.memoryUsage.rss()).toBeGreaterThan(0.5)
  expect(here / process.memoryUsage.rss()).toBeLessThan(2)
  expect(residentMemory(2 ** 30)).toBeUndefined()
})
