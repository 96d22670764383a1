import type { Finding } from '../finding.ts'
import { dispatchesOf, mixedNotes } from '../notes.ts'
import type { Question } from '../question.ts'
import { summarize } from '../statistics.ts'

const SAMPLES = 11
const SECONDS = 2

export const shares: Question = {
  name: 'shares',
  asks: 'How much of the time of a worker goes into anything but the network?',
  async run(stage) {
    const dispatches = dispatchesOf(mixedNotes(120, 20, 2000))
    const engine = await stage.checkedEngine(dispatches.slice(0, 2))
    await engine.call('work', dispatches, stage.amount(SECONDS))
    const stages = ['pipeline', 'decoding'] as const
    const samples: Record<(typeof stages)[number], number[]> = { pipeline: [], decoding: [] }
    const perToken: number[] = []
    const count = stage.samples(SAMPLES)
    for (let sample = 0; sample < count; sample++) {
      stage.progress(`sample ${sample + 1} of ${count}`)
      const { milliseconds, work } = await engine.call('work', dispatches, stage.amount(SECONDS))
      for (const name of stages) samples[name].push((work[name] / milliseconds) * 100)
      perToken.push((milliseconds / work.tokens) * 1000)
    }
    const cost = summarize(perToken).median
    return stages.map((name): Finding => {
      const { median, quartiles } = summarize(samples[name])
      return {
        name: `shares: ${name}`,
        value: median,
        quartiles,
        unit: '%',
        goal: { atMost: 12 },
        detail: `${((cost * median) / 100).toFixed(2)} of ${cost.toFixed(2)} µs a token`
      }
    })
  }
}
