import { alternate } from '../alternate.ts'
import { notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { ratios, summarize } from '../statistics.ts'

const TOKENS = 500
const NOTES = 200
const CALLERS = 32
const PAIRS = 7
const SECONDS = 2

export const scaling: Question = {
  name: 'scaling',
  asks: 'How much more do two workers do than one?',
  async run(stage) {
    const notes = notesOf(TOKENS, NOTES)
    const [two, one] = [await stage.service(2), await stage.service(1)]
    const clients = [await stage.client(two, notes), await stage.client(one, notes)]
    const [withTwo, withOne] = clients.map(
      client => () => client.call('saturate', { callers: CALLERS, seconds: stage.amount(SECONDS) })
    )
    await withTwo()
    await withOne()
    const [both, alone] = await alternate(stage, stage.samples(PAIRS), withTwo, withOne)
    const { median, quartiles } = summarize(ratios(both, alone))
    const [more, fewer] = [both, alone].map(rates => summarize(rates).median.toFixed(0))
    return [
      {
        name: 'scaling',
        value: median,
        quartiles,
        unit: 'x',
        goal: { atLeast: 1.9 },
        detail: `${more} notes/s with 2 workers, ${fewer} with 1`
      }
    ]
  }
}
