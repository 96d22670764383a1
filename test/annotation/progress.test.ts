import { expect, test } from 'vitest'
import { describeProgress, duration } from '../../src/annotation/progress.ts'
import { parseShard } from '../../src/annotation/shard.ts'

const totals = { documents: 12_000, entities: 90_000, failed: 0 }

test.each([
  [
    'the size is known',
    describeProgress(totals, 12_000, 60, { began: 0, now: 0.25 }),
    '25 %, 12,000 documents, 90,000 entities, 200 documents/s, 3 min 0 s left'
  ],
  [
    'the size is not known',
    describeProgress(totals, 12_000, 60, undefined),
    '12,000 documents, 90,000 entities, 200 documents/s'
  ],
  [
    'the run goes on after an interruption: the rate is that of now',
    describeProgress(totals, 60, 10, { began: 0.5, now: 0.75 }),
    '75 %, 12,000 documents, 90,000 entities, 6.0 documents/s, 10 s left'
  ],
  [
    'documents were passed over',
    describeProgress({ ...totals, failed: 3 }, 12_000, 60, undefined),
    '12,000 documents, 90,000 entities, 3 failed, 200 documents/s'
  ],
  [
    'the run has just begun: nothing can be said of its end',
    describeProgress(totals, 60, 1, { began: 0, now: 0.01 }),
    '1 %, 12,000 documents, 90,000 entities, 60 documents/s'
  ]
])('progress, where %s', (_what, line, expected) => {
  expect(line).toBe(expected)
})

test.each([
  [0.4, '0 s'],
  [59.6, '1 min 0 s'],
  [3599, '59 min 59 s'],
  [7260, '2 h 1 min']
])('%d seconds are %s', (seconds, expected) => {
  expect(duration(seconds)).toBe(expected)
})

test('a part is one of those there are, from 0', () => {
  expect(parseShard('0/8')).toEqual({ index: 0, count: 8 })
  expect(parseShard('7/8')).toEqual({ index: 7, count: 8 })
  for (const value of ['8/8', '-1/8', '1', '1/0', 'a/b', '1/8x', '']) {
    expect(() => parseShard(value)).toThrow('--shard is i/n')
  }
})
