import { describe, expect, test } from 'vitest'
import { Turns } from '../src/turns.ts'

/** Asks for a turn; `log` gets its name when it begins. */
async function ask(turns: Turns, log: string[], name: string, left: number): Promise<void> {
  await turns.begin(left)
  log.push(name)
}

async function turnOfLoop(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}

describe('turns', () => {
  test('begin at once when nobody has one', async () => {
    const turns = new Turns()
    await turns.begin(5)
    turns.end()
    await turnOfLoop()
    await turns.begin(5)
  })

  test('come to who has least left, and of equals to who came first', async () => {
    const turns = new Turns()
    const log: string[] = []
    await turns.begin(0)
    const all = [
      ask(turns, log, 'large', 900),
      ask(turns, log, 'small', 10),
      ask(turns, log, 'as small', 10),
      ask(turns, log, 'middle', 50)
    ]
    for (const one of ['small', 'as small', 'middle', 'large']) {
      turns.end()
      await turnOfLoop()
      expect(log.at(-1)).toBe(one)
    }
    await Promise.all(all)
  })

  test('come to the large, too, however many of the small there are', async () => {
    const turns = new Turns()
    const log: string[] = []
    await turns.begin(0)
    const all = ['large', 'larger'].map((name, i) => ask(turns, log, name, 900 + i))
    for (let turn = 0; turn < 20; turn++) {
      all.push(ask(turns, log, 'small', 1))
      turns.end()
      await turnOfLoop()
      const name = log.at(-1)
      if (name !== 'small') all.push(ask(turns, log, String(name), 900))
    }
    expect(log.filter(name => name === 'large').length).toBeGreaterThanOrEqual(3)
    expect(log.filter(name => name === 'larger').length).toBeGreaterThanOrEqual(3)
    while (log.length < all.length) {
      turns.end()
      await turnOfLoop()
    }
    await Promise.all(all)
  })

  test('are one at a time', async () => {
    const turns = new Turns()
    const log: string[] = []
    await turns.begin(1)
    const next = ask(turns, log, 'next', 1)
    await turnOfLoop()
    expect(log).toEqual([])
    turns.end()
    await next
  })

  test('go to what comes in the turn of the event loop after the end, before a larger one that waited', async () => {
    const turns = new Turns()
    const log: string[] = []
    await turns.begin(100)
    turns.end()
    const large = ask(turns, log, 'large', 90)
    const small = ask(turns, log, 'small', 1)
    await small
    expect(log).toEqual(['small'])
    turns.end()
    await large
  })
})
