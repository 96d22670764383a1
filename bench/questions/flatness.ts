import { longText } from '../notes.ts'
import type { Question } from '../question.ts'
import { summarize } from '../statistics.ts'

const LENGTHS = [100, 1_000, 10_000, 100_000, 1_000_000]
/** Shorter texts come together until there are so many units: about what a worker is given at once. */
const DISPATCH_LENGTH = 25_000
const ROUNDS = 5
const SECONDS = 0.7

export const flatness: Question = {
  name: 'flatness',
  asks: 'Does a token of a text of 1 MB cost what one of a text of 100 bytes costs?',
  async run(stage) {
    const source = longText(LENGTHS[LENGTHS.length - 1])
    const dispatches = LENGTHS.map(length => {
      const count = Math.max(1, Math.round(DISPATCH_LENGTH / length))
      return Array.from({ length: count }, (_, i) => source.slice(i * length, (i + 1) * length))
    })
    const engine = await stage.checkedEngine(dispatches.slice(0, 3))
    const costOf = async (texts: readonly string[]): Promise<number> => {
      const { milliseconds, work } = await engine.call('work', [texts], stage.amount(SECONDS))
      return (milliseconds / work.tokens) * 1000
    }
    for (const texts of dispatches) await costOf(texts)
    const rounds: number[][] = []
    const count = stage.samples(ROUNDS)
    for (let round = 0; round < count; round++) {
      stage.progress(`round ${round + 1} of ${count}`)
      const costs: number[] = []
      for (const texts of dispatches) costs.push(await costOf(texts))
      rounds.push(costs)
    }
    const alone = await costOf(dispatches[0].slice(0, 1))
    const medians = LENGTHS.map((_, i) => summarize(rounds.map(costs => costs[i])).median)
    return [
      {
        name: 'flatness',
        value: steepness(medians),
        quartiles: summarize(rounds.map(steepness)).quartiles,
        unit: 'x',
        goal: { atMost: 1.15 },
        detail:
          `${medians.map(cost => cost.toFixed(1)).join(', ')} µs a token from 100 B to 1 MB; ` +
          `100 B alone ${alone.toFixed(1)} µs`
      }
    ]
  }
}

function steepness(costs: readonly number[]): number {
  return Math.max(...costs) / Math.min(...costs)
}
