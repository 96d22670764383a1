import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Answer, Failure } from '../../src/playground/ask.ts'
import { createLive, type State } from '../../src/playground/live.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function answerTo(text: string): Answer {
  const model = { name: 'fake', version: '1', sha256: '' }
  return {
    kind: 'answer',
    text,
    response: { model, offsetUnit: 'utf16', entities: [] },
    timing: { roundTrip: 1, stages: [] }
  }
}

const overloaded: Failure = { kind: 'failure', title: 'At capacity', passes: true, needsKey: false }

/** A live answer whose requests end when the test says so. */
function setUp() {
  const asked: { text: string; signal: AbortSignal; end: (outcome: Answer | Failure) => Promise<void> }[] = []
  const states: State[] = []
  const live = createLive(
    (text, signal) =>
      new Promise(resolve => {
        const end = async (outcome: Answer | Failure): Promise<void> => {
          resolve(outcome)
          await vi.advanceTimersByTimeAsync(0)
        }
        asked.push({ text, signal, end })
      }),
    state => void states.push(state)
  )
  const failed = (): (number | undefined)[] =>
    states.flatMap(state => (state.kind === 'failed' ? [state.retryIn] : []))
  return { live, asked, states, failed, texts: () => asked.map(({ text }) => text) }
}

test('a text is asked for once, when the typing pauses', async () => {
  const { live, asked, states, texts } = setUp()
  for (const text of ['a', 'as', 'asp']) {
    live.change(text)
    vi.advanceTimersByTime(249)
  }
  expect(texts()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(texts()).toEqual(['asp'])
  await asked[0].end(answerTo('asp'))
  expect(states).toEqual([{ kind: 'asking' }, answerTo('asp')])
})

test('the last request wins: an older one is aborted and its answer not shown', async () => {
  const { live, asked, states } = setUp()
  live.change('old', 0)
  vi.advanceTimersByTime(0)
  live.change('new', 0)
  expect(asked[0].signal.aborted).toBe(true)
  vi.advanceTimersByTime(0)
  await asked[1].end(answerTo('new'))
  await asked[0].end(answerTo('old'))
  expect(states.at(-1)).toEqual(answerTo('new'))
  expect(states).not.toContainEqual(answerTo('old'))
})

test('no text, no request', () => {
  const { live, asked, states } = setUp()
  live.change('x', 0)
  live.change('')
  vi.runAllTimers()
  expect(asked).toEqual([])
  expect(states).toEqual([{ kind: 'empty' }])
})

test('what passes is asked again when the service says, and the answer is shown', async () => {
  const { live, asked, states, failed } = setUp()
  live.change('x', 0)
  vi.advanceTimersByTime(0)
  await asked[0].end({ ...overloaded, retryAfter: 3 })
  expect(failed()).toEqual([3])
  vi.advanceTimersByTime(2999)
  expect(asked).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(asked).toHaveLength(2)
  await asked[1].end(answerTo('x'))
  expect(states.at(-1)).toEqual(answerTo('x'))
})

test('without a word of the service it waits longer each time, up to a limit', async () => {
  const { live, asked, failed } = setUp()
  live.change('x', 0)
  vi.advanceTimersByTime(0)
  for (let attempt = 0; attempt < 6; attempt++) {
    await asked[attempt].end(overloaded)
    vi.advanceTimersByTime(15_000)
  }
  expect(failed()).toEqual([1, 2, 4, 8, 15, 15])
})

test('a service that says 0 is not asked without pause', async () => {
  const { live, asked, failed } = setUp()
  live.change('x', 0)
  vi.advanceTimersByTime(0)
  await asked[0].end({ ...overloaded, retryAfter: 0 })
  expect(failed()).toEqual([1])
})

test('what would fail again is not asked again', async () => {
  const { live, asked, failed } = setUp()
  live.change('x', 0)
  vi.advanceTimersByTime(0)
  await asked[0].end({ ...overloaded, passes: false, retryAfter: 3 })
  expect(failed()).toEqual([undefined])
  vi.runAllTimers()
  expect(asked).toHaveLength(1)
})

test('the reader need not wait, and an edit ends the waiting', async () => {
  const { live, asked, texts } = setUp()
  live.change('x', 0)
  vi.advanceTimersByTime(0)
  await asked[0].end({ ...overloaded, retryAfter: 60 })
  live.again()
  expect(texts()).toEqual(['x', 'x'])
  await asked[1].end({ ...overloaded, retryAfter: 60 })
  live.change('y')
  vi.advanceTimersByTime(250)
  expect(texts()).toEqual(['x', 'x', 'y'])
  await asked[2].end(answerTo('y'))
  vi.runAllTimers()
  expect(asked).toHaveLength(3)
})
