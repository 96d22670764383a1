import { expect, test } from 'vitest'
import { Tally } from '../../../bench/load/tally.ts'

const body = Buffer.alloc(0)

test('a tally tells what became of each request, and what came in time', () => {
  const tally = new Tally(1000)
  tally.sent = 6
  tally.answered({ status: 200, body }, 900, 850, true)
  tally.answered({ status: 200, body }, 1100, 990, true)
  tally.answered({ status: 200, body }, 950, 940, false)
  tally.answered({ status: 503, body, retryAfter: 1 }, 960, 950, false)
  tally.answered({ status: 503, body }, 970, 950, false)
  tally.lost()
  expect(tally.facts).toEqual({
    sent: 6,
    statuses: { 200: 3, 503: 2 },
    lost: 1,
    wrong: 1,
    withoutRetryAfter: 1,
    accepted: [50, 110, 10],
    acceptedMeanwhile: 2,
    refused: [10, 20]
  })
})
