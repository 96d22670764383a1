import { dispatchesOf, mixedNotes, rowCells } from '../notes.ts'
import type { Question } from '../question.ts'
import { summarize } from '../statistics.ts'

const NOTES = 600

export const padding: Question = {
  name: 'padding',
  asks: 'How much of what the network computes is padding, when notes of 20 to 2,000 tokens come together?',
  async run(stage) {
    const notes = mixedNotes(stage.amount(NOTES), 20, 2000)
    const dispatches = dispatchesOf(notes)
    const engine = await stage.checkedEngine(dispatches.slice(0, 2))
    const shareOf = async (texts: readonly string[]): Promise<number> => {
      const { work } = await engine.call('work', [texts], 0)
      return (1 - rowCells(texts, stage.rowTokens) / work.cells) * 100
    }
    const together: number[] = []
    for (const [i, dispatch] of dispatches.entries()) {
      stage.progress(`dispatch ${i + 1} of ${dispatches.length}`)
      together.push(await shareOf(dispatch))
    }
    const alone: number[] = []
    for (const note of notes.slice(0, stage.amount(200))) alone.push(await shareOf([note]))
    const { median, quartiles } = summarize(together)
    return [
      {
        name: 'padding',
        value: median,
        quartiles,
        unit: '%',
        goal: { atMost: 10 },
        detail: `${dispatches.length} dispatches; a note alone ${summarize(alone).median.toFixed(1)} %`
      }
    ]
  }
}
