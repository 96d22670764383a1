import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { expect, onTestFinished, test, vi } from 'vitest'
import { LoadGenerator } from '../../../bench/load/generator.ts'

/** Time passes only where a test says so. */
const clock = vi.hoisted(() => ({ time: 0 }))
vi.mock('../../../bench/load/clock.ts', () => ({ now: () => clock.time }))

interface Reply {
  readonly status?: number
  readonly body: string
}

/** A server that answers texts. */
async function serve(reply: (text: string) => Reply | Promise<Reply>): Promise<string> {
  const server = createServer(async (request, response) => {
    const { text } = (await json(request)) as { text: string }
    const { status = 200, body } = await reply(text)
    response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ner`
}

test('the first answers are kept in the order of the texts', async () => {
  const url = await serve(text => ({ body: `found in ${text}` }))
  const texts = Array.from({ length: 30 }, (_, i) => `text ${i}`)
  const { bodies } = await LoadGenerator.open(url, texts)
  expect(bodies).toEqual(texts.map(text => `found in ${text}`))
})

test('as many requests are under way as there are callers', async () => {
  // Nothing is answered before so many wait.
  let callers = 1
  let answered = 0
  let waiting: (() => void)[] = []
  const url = await serve(async () => {
    await new Promise<void>(resolve => {
      waiting.push(resolve)
      if (waiting.length < callers) return
      for (const release of waiting) release()
      waiting = []
    })
    return ++answered > 100 ? { status: 503, body: 'x' } : { body: 'x' }
  })
  const generator = await LoadGenerator.open(url, ['a'])
  callers = 5
  await generator.repeat(50, callers)
  callers = 3
  await expect(generator.saturate({ callers, seconds: 60 })).rejects.toThrow('503')
  expect(answered).toBeGreaterThan(100)
})

test('a saturation counts what is answered after its ramp and before its end', async () => {
  const url = await serve(() => {
    clock.time += 100
    return { body: 'x' }
  })
  const generator = await LoadGenerator.open(url, ['a'])
  expect(await generator.saturate({ callers: 1, seconds: 2 })).toBe(10)
  await expect(generator.saturate({ callers: 1, seconds: 0 })).rejects.toThrow('No answer')
})

test('an answer that changes under load ends the measurement', async () => {
  let answered = 0
  const url = await serve(() => ({ body: ++answered > 20 ? 'other' : 'same' }))
  const generator = await LoadGenerator.open(url, ['a', 'b'])
  await expect(generator.repeat(100, 4)).rejects.toThrow(/answer to text \d has changed/)
})

test('so does one that is refused', async () => {
  let answered = 0
  const url = await serve(() => (++answered > 5 ? { status: 503, body: 'x' } : { body: 'x' }))
  const generator = await LoadGenerator.open(url, ['a'])
  await expect(generator.saturate({ callers: 2, seconds: 60 })).rejects.toThrow('answered text 0 with 503')
})

test('a patient saturation counts what was answered, and goes on where it was refused', async () => {
  let asked = 0
  const url = await serve(() => {
    clock.time += 100
    return ++asked % 2 === 0 ? { status: 503, body: 'x' } : { body: 'x' }
  })
  const generator = await LoadGenerator.open(url, ['a'])
  expect(await generator.saturatePatiently({ callers: 1, seconds: 2 })).toBe(5)
})
