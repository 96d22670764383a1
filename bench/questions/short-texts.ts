import { alternate } from '../alternate.ts'
import { notesOf } from '../notes.ts'
import type { Question } from '../question.ts'
import { ratios, summarize } from '../statistics.ts'

const TOKENS = 50
const TEXTS = 400
const CALLERS = 32
const PAIRS = 7
const SECONDS = 2

export const shortTexts: Question = {
  name: 'short-texts',
  asks: 'How many requests of 50 tokens are answered, against a bare Fastify that echoes them?',
  async run(stage) {
    const texts = notesOf(TOKENS, TEXTS)
    const client = await stage.client(await stage.service(2), texts)
    const echoClient = await stage.echoClient(texts)
    const saturation = { callers: CALLERS, seconds: stage.amount(SECONDS) }
    const recognize = () => client.call('saturate', saturation)
    const echo = () => echoClient.call('saturate', saturation)
    await recognize()
    await echo()
    const [recognized, echoed] = await alternate(stage, stage.samples(PAIRS), recognize, echo)
    const { median, quartiles } = summarize(ratios(recognized, echoed))
    const [served, bare] = [recognized, echoed].map(rates => summarize(rates).median.toFixed(0))
    return [
      {
        name: 'short-texts',
        value: median,
        quartiles,
        unit: 'x',
        goal: { atLeast: 0.25 },
        detail: `${served} requests/s, ${bare} echoed`
      }
    ]
  }
}
