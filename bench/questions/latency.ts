import { alternate } from '../alternate.ts'
import { notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { ratios, summarize } from '../statistics.ts'

const TOKENS = 500
const NOTES = 20
/** Far below what a worker can do: hardly a note finds another one before it. */
const PER_SECOND = 10
const PAIRS = 7
/** of a sample */
const ARRIVALS = 24

export const latency: Question = {
  name: 'latency',
  asks: 'How much longer than its computation alone does one note take over HTTP when nothing else is going on?',
  async run(stage) {
    const notes = notesOf(TOKENS, NOTES)
    const client = await stage.client(await stage.service(2), notes)
    const engine = await stage.engine()
    const count = Math.ceil(stage.amount(ARRIVALS))
    const overHttp = async (seed: number): Promise<number> =>
      summarize(await client.call('arrive', { rate: PER_SECOND, count, seed })).median
    const inProcess = async (seed: number): Promise<number> =>
      summarize(await engine.call('arrive', notes, { rate: PER_SECOND, count, seed })).median
    // Until the code is compiled and every form is known to both workers.
    for (let turn = 0; turn < stage.samples(6); turn++) {
      await client.call('repeat', NOTES, 2)
      await engine.call(
        'work',
        notes.map(note => [note]),
        0
      )
    }
    const [served, computed] = await alternate(stage, stage.samples(PAIRS), overHttp, inProcess)
    const { median, quartiles } = summarize(ratios(served, computed))
    const [service, engineAlone] = [served, computed].map(times => summarize(times).median.toFixed(2))
    return [
      {
        name: 'latency',
        value: median,
        quartiles,
        unit: 'x',
        goal: { atMost: 1.25 },
        detail: `p50 ${service} ms, ${engineAlone} ms in process`
      }
    ]
  }
}
