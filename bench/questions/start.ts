import { notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { summarize } from '../statistics.ts'

const STARTS = 5

export const start: Question = {
  name: 'start',
  asks: 'How long does it take from the start of the process until every worker is ready?',
  async run(stage) {
    // Also fills the page cache: what is measured is a restart, not a first start from a cold disk.
    const first = await stage.service(2)
    await stage.client(first, notesOf(100, 5))
    await first.stop()
    const seconds: number[] = []
    for (let i = 0; i < stage.samples(STARTS); i++) {
      const service = await stage.service(2)
      seconds.push(service.readyAfter / 1000)
      await service.stop()
    }
    const { median, quartiles } = summarize(seconds)
    return [
      {
        name: 'start',
        value: median,
        quartiles,
        unit: 's',
        goal: { atMost: 1 },
        detail: `slowest of ${seconds.length} ${Math.max(...seconds).toFixed(2)} s, 2 workers`
      }
    ]
  }
}
