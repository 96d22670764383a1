import { notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { quantile, summarize } from '../statistics.ts'

const TOKENS = 500
const NOTES = 200
const CALLERS = 32
const BLOCKS = 5
const SATURATED_SECONDS = 1.5
const ARRIVING_SECONDS = 6

export const tail: Question = {
  name: 'tail',
  asks: 'How long does the unluckiest note of a hundred take at half of the load that saturates the service?',
  async run(stage) {
    const client = await stage.client(await stage.service(2), notesOf(TOKENS, NOTES))
    const saturate = () =>
      client.call('saturate', { callers: CALLERS, seconds: stage.amount(SATURATED_SECONDS) })
    await saturate()
    const blocks: number[][] = []
    const rates: number[] = []
    const count = stage.samples(BLOCKS)
    for (let block = 0; block < count; block++) {
      stage.progress(`block ${block + 1} of ${count}`)
      const rate = (await saturate()) / 2
      rates.push(rate)
      const arrivals = Math.ceil(rate * stage.amount(ARRIVING_SECONDS))
      blocks.push(await client.call('arrive', { rate, count: arrivals, seed: block }))
    }
    // Of all blocks together: one stall in a block of few would be the whole of its tail.
    const all = blocks.flat()
    const p50 = quantile(all, 0.5)
    const p99 = quantile(all, 0.99)
    const tails = blocks.map(block => quantile(block, 0.99))
    const load = `at ${Math.round(summarize(rates).median)} notes/s, open loop`
    return [
      {
        name: 'tail: p99 / p50',
        value: p99 / p50,
        quartiles: summarize(blocks.map((block, i) => tails[i] / quantile(block, 0.5))).quartiles,
        unit: 'x',
        goal: { atMost: 3 },
        detail: `p50 ${p50.toFixed(1)} ms ${load}`,
        tolerance: 0.3
      },
      {
        name: 'tail: p99',
        value: p99,
        quartiles: summarize(tails).quartiles,
        unit: 'ms',
        goal: { atMost: 25 },
        detail: `${all.length} notes ${load}`
      }
    ]
  }
}
