import { alternate } from '../alternate.ts'
import { longText, notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { quantile, ratios, summarize } from '../statistics.ts'

const TOKENS = 100
const NOTES = 200
const LENGTH = 1_000_000
const PER_SECOND = 80
const PAIRS = 5
const SECONDS = 3
/** The large note is there before the first small one, and still there when the last one comes. */
const LEAD_SECONDS = 0.5

export const neighbours: Question = {
  name: 'neighbours',
  asks: 'How much longer does the unluckiest small note of a hundred take while notes of 1 MB are worked on?',
  async run(stage) {
    const service = await stage.service(2)
    const small = await stage.client(service, notesOf(TOKENS, NOTES))
    const large = await stage.client(service, [longText(LENGTH)])
    const seconds = stage.amount(SECONDS)
    const usual: number[] = []
    const beside: number[] = []
    const arrive = async (latencies: number[], seed: number): Promise<number> => {
      const count = Math.ceil(PER_SECOND * seconds)
      const block = await small.call('arrive', { rate: PER_SECOND, count, seed })
      latencies.push(...block)
      return quantile(block, 0.99)
    }
    const besideLarge = async (seed: number): Promise<number> => {
      const occupied = large.call('occupy', seconds + LEAD_SECONDS)
      const [p99] = await Promise.all([arrive(beside, seed), occupied])
      return p99
    }
    const undisturbed = (seed: number): Promise<number> => arrive(usual, seed)
    await arrive([], PAIRS)
    const [disturbed, quiet] = await alternate(stage, stage.samples(PAIRS), besideLarge, undisturbed)
    const [p99, usualP99] = [beside, usual].map(latencies => quantile(latencies, 0.99))
    return [
      {
        name: 'neighbours',
        value: p99 / usualP99,
        quartiles: summarize(ratios(disturbed, quiet)).quartiles,
        unit: 'x',
        goal: { atMost: 2 },
        detail: `p99 ${p99.toFixed(1)} ms, usually ${usualP99.toFixed(1)} ms`,
        tolerance: 0.3
      }
    ]
  }
}
