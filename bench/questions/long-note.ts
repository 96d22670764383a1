import { alternate } from '../alternate.ts'
import { longText } from '../notes.ts'
import type { Question } from '../question.ts'
import { ratios, summarize } from '../statistics.ts'

const LENGTH = 200_000
const PAIRS = 11

export const longNote: Question = {
  name: 'long-note',
  asks: 'How much sooner is a note of 200 kB answered by two workers than by one?',
  async run(stage) {
    const notes = [longText(LENGTH)]
    const [two, one] = [await stage.service(2), await stage.service(1)]
    const clients = [await stage.client(one, notes), await stage.client(two, notes)]
    const [byOne, byTwo] = clients.map(client => () => client.call('time', 0))
    await byOne()
    await byTwo()
    const [slow, fast] = await alternate(stage, stage.samples(PAIRS), byOne, byTwo)
    const { median, quartiles } = summarize(ratios(slow, fast))
    const [alone, both] = [slow, fast].map(times => summarize(times).median.toFixed(0))
    return [
      {
        name: 'long-note',
        value: median,
        quartiles,
        unit: 'x',
        goal: { atLeast: 1.7 },
        detail: `${alone} ms by 1 worker, ${both} ms by 2`
      }
    ]
  }
}
