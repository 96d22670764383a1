import { alternate } from '../alternate.ts'
import { notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { ratios, summarize } from '../statistics.ts'

const TOKENS = 500
const NOTES = 200
const CALLERS = 32
const PAIRS = 7
const SECONDS = 2

export const throughput: Question = {
  name: 'throughput',
  asks: 'How much of what two bare sessions do does the service do over HTTP, on the same rows of tokens?',
  async run(stage) {
    const notes = notesOf(TOKENS, NOTES)
    const client = await stage.client(await stage.service(2), notes)
    const bare = await stage.bothBare(notes)
    const seconds = stage.amount(SECONDS)
    const overHttp = async (): Promise<number> =>
      TOKENS * (await client.call('saturate', { callers: CALLERS, seconds }))
    const inLoops = (): Promise<number> => bare(seconds)
    await overHttp()
    await inLoops()
    const [service, loops] = await alternate(stage, stage.samples(PAIRS), overHttp, inLoops)
    const { median, quartiles } = summarize(ratios(service, loops))
    const [served, looped] = [service, loops].map(rates => inThousands(summarize(rates).median))
    return [
      {
        name: 'throughput',
        value: median,
        quartiles,
        unit: 'x',
        goal: { atLeast: 0.85 },
        detail: `${served} of ${looped} thousand tokens/s`
      }
    ]
  }
}

function inThousands(rate: number): string {
  return (rate / 1000).toFixed(1)
}
