import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startBalancer } from '../helpers/balancer.ts'
import { notes } from '../helpers/notes.ts'
import { type Service, startService } from '../helpers/service.ts'

/** Every other one has a connection that it keeps as long as the service does. */
const CALLERS = 6

/** From an answer to the next request: a steady load, and not all that the machine can do. */
const PAUSE_MS = 50

/** Keeps requests under way until stopped; the outcome of each is its status, or the code of what broke it. */
function startLoad(url: string): { readonly outcomes: (number | string)[]; stop(): Promise<void> } {
  const outcomes: (number | string)[] = []
  let stopped = false
  const callers = Array.from({ length: CALLERS }, async (_, i) => {
    const agent = new Agent({ keepAlive: i % 2 === 0, maxSockets: 1 })
    while (!stopped) {
      outcomes.push(await ask(url, notes[outcomes.length % notes.length].text, agent))
      await sleep(PAUSE_MS)
    }
    agent.destroy()
  })
  return {
    outcomes,
    async stop() {
      stopped = true
      await Promise.all(callers)
    }
  }
}

function ask(url: string, text: string, agent: Agent): Promise<number | string> {
  return new Promise(resolve => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message)
    request(
      `${url}/ner`,
      { method: 'POST', headers: { 'content-type': 'application/json' }, agent },
      answer =>
        answer
          .on('error', failed)
          .on('end', () => resolve(answer.statusCode ?? 0))
          .resume()
    )
      .on('error', failed)
      .end(JSON.stringify({ text }))
  })
}

test('an update, instance by instance, under load, answers every request', async () => {
  // One worker each: up to three instances share the machine.
  const start = (): Promise<Service> => startService({ NER_WORKERS: '1', NER_DRAIN_DELAY_MS: '3000' })
  const balancer = await startBalancer()
  const old = [await start(), await start()]
  await Promise.all(old.map(({ url }) => balancer.add(url)))

  const load = startLoad(balancer.url)
  const replacements: Service[] = []
  for (const instance of old) {
    const replacement = await start()
    await balancer.add(replacement.url)
    // It ends with a request under way, at the least.
    await balancer.requestTo(instance.url)
    instance.process.kill('SIGTERM')
    expect(await instance.exited).toEqual({ code: 0, signal: null })
    balancer.remove(instance.url)
    replacements.push(replacement)
  }
  await Promise.all(replacements.map(({ url }) => balancer.requestTo(url)))
  await load.stop()

  expect(load.outcomes.length).toBeGreaterThan(CALLERS)
  expect(load.outcomes.filter(outcome => outcome !== 200)).toEqual([])
})
