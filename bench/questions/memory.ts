import { mixedNotes } from '../notes.ts'
import type { Question } from '../question.ts'
import { pairwiseSlopes, summarize } from '../statistics.ts'

const DISTINCT = 1000
const REQUESTS = 20_000
const LEGS = 20
const CALLERS = 16

export const memory: Question = {
  name: 'memory',
  asks: 'How much memory do all processes take, and does it grow over 20,000 mixed requests?',
  async run(stage) {
    const service = await stage.service(2)
    const idle = service.memory().all
    const client = await stage.client(service, mixedNotes(DISTINCT, 10, 700))
    const thousands: number[] = []
    const all: number[] = []
    const allocated: number[] = []
    const requests = stage.amount(REQUESTS / LEGS)
    for (let leg = 1; leg <= LEGS; leg++) {
      stage.progress(`${leg * requests} of ${LEGS * requests} requests`)
      await client.call('repeat', requests, CALLERS)
      thousands.push((leg * requests) / 1000)
      const memory = service.memory()
      all.push(memory.all)
      allocated.push(memory.allocated)
    }
    const half = LEGS / 2
    const trend = summarize(pairwiseSlopes(thousands.slice(half), allocated.slice(half)))
    return [
      {
        name: 'memory: all processes',
        value: Math.max(...all),
        quartiles: summarize(all).quartiles,
        unit: 'MB',
        goal: { atMost: 350 },
        detail: `most of ${LEGS} readings of PSS, 2 workers; ${idle.toFixed(0)} MB when ready`
      },
      {
        name: 'memory: growth',
        value: trend.median,
        quartiles: trend.quartiles,
        unit: 'MB per 1,000 requests',
        goal: { atMost: 1 },
        detail: `of allocated memory over the second half of ${LEGS * requests} requests`
      }
    ]
  }
}
