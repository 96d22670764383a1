import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Batcher, type Settled, type Submission } from '../../src/batching/batcher.ts'
import { type ErrorCode, ServiceError } from '../../src/errors.ts'
import { answerTo, type Call, FakeLane } from '../helpers/fake-lane.ts'
import { seeded } from '../helpers/random.ts'

const DEADLINE = 1000
const MAX_WAIT = 100
const RATE = 1

/** Requests with a slash in them are shares of what is before it. */
function wholes(): (request: string) => object {
  const known = new Map<string, object>()
  return request => {
    if (!request.includes('/')) return {}
    const [name] = request.split('/')
    const whole = known.get(name) ?? {}
    known.set(name, whole)
    return whole
  }
}

/** A batcher over fake lanes; a request is a string, and its length is its cost. */
function setUp({ lanes: laneCount = 1, budget = 1000, small = 0 } = {}) {
  const lanes = Array.from({ length: laneCount }, () => new FakeLane<string>())
  const batcher = new Batcher<string, string[]>({
    lanes: () => lanes,
    laneCount: () => laneCount,
    costOf: request => request.length,
    wholeOf: wholes(),
    dispatchBudget: budget,
    smallBudget: small,
    initialRate: RATE,
    deadline: DEADLINE,
    maxWait: MAX_WAIT
  })
  return { batcher, lanes, lane: lanes[0] }
}

/** What came of each request: its answer, or the code of its error. */
function outcomes({ settled }: Submission<string[]>): string[] {
  return settled.map((one: Settled<string[]>) => ('error' in one ? one.error.code : one.result[one.index]))
}

/** Lets everything happen that has been decided. */
async function settle(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}

async function codeOf(promise: Promise<unknown>): Promise<ErrorCode | undefined> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  return error instanceof ServiceError ? error.code : undefined
}

/** A request of the given cost. */
function costing(cost: number): string {
  return 'x'.repeat(cost)
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('dispatch', () => {
  test('is at once when a lane is free', async () => {
    const { batcher, lane } = setUp()
    const answer = batcher.submit(['a', 'b'])
    expect(lane.given).toEqual([['a', 'b']])
    lane.call.answer()
    expect(outcomes(await answer)).toEqual([answerTo('a'), answerTo('b')])
  })

  test('takes together what came while every lane was busy', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit(['b']), batcher.submit(['c', 'd'])]
    expect(lane.given).toEqual([['a']])
    expect(batcher.waiting).toBe(3)
    lane.call.answer()
    await settle()
    expect(lane.given).toEqual([['a'], ['b', 'c', 'd']])
    expect(batcher.waiting).toBe(0)
    lane.call.answer()
    expect((await Promise.all(answers)).map(outcomes)).toEqual([
      [answerTo('a')],
      [answerTo('b')],
      [answerTo('c'), answerTo('d')]
    ])
  })

  test('stays within the budget, and goes on with the rest', async () => {
    const { batcher, lane } = setUp({ budget: 10 })
    const answer = batcher.submit([costing(4), costing(5), costing(6), costing(20), costing(1)])
    const sizes = []
    for (let i = 0; i < 4; i++) {
      sizes.push(lane.call.requests.map(({ length }) => length))
      lane.call.answer()
      await settle()
    }
    expect(sizes).toEqual([[4, 5], [6], [20], [1]])
    expect((await answer).settled.length).toBe(5)
  })

  test('shares what waits among the lanes that are idle', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    const answer = batcher.submit(['a', 'b'])
    expect(lanes.map(({ given }) => given)).toEqual([[['a']], [['b']]])
    lanes[1].call.answer()
    lanes[0].call.answer()
    expect(outcomes(await answer)).toEqual([answerTo('a'), answerTo('b')])
  })

  test('serves submissions in turns, so that one request does not wait for all of a thousand', async () => {
    const { batcher, lane } = setUp({ budget: 4 })
    const busy = batcher.submit(['x'])
    const many = batcher.submit(['aa', 'bb', 'cc', 'dd', 'ee'])
    const one = batcher.submit(['z'])
    const given = []
    for (let i = 0; i < 4; i++) {
      lane.call.answer()
      await settle()
      if (lane.busy) given.push(lane.call.requests)
    }
    expect(given).toEqual([
      ['aa', 'z'],
      ['bb', 'cc'],
      ['dd', 'ee']
    ])
    expect(outcomes(await one)).toEqual([answerTo('z')])
    await Promise.all([busy, many])
  })

  test('gives a lane no more than its share, so that others find work when they become free', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    const first = [batcher.submit(['a']), batcher.submit(['b'])]
    const rest = batcher.submit(['c', 'd', 'e', 'f'])
    lanes[0].call.answer()
    await settle()
    expect(lanes[0].call.requests).toEqual(['c', 'd'])
    lanes[1].call.answer()
    await settle()
    expect(lanes[1].call.requests).toEqual(['e'])
    lanes[1].call.answer()
    await settle()
    expect(lanes[1].call.requests).toEqual(['f'])
    lanes[0].call.answer()
    lanes[1].call.answer()
    await Promise.all(first)
    expect(outcomes(await rest)).toEqual(['c', 'd', 'e', 'f'].map(answerTo))
  })

  test('begins when the first lane becomes free and says so', async () => {
    const { batcher, lanes } = setUp()
    const lane = lanes.pop() as FakeLane<string>
    const answer = batcher.submit(['a'])
    expect(batcher.waiting).toBe(1)
    lanes.push(lane)
    batcher.pump()
    lane.call.answer()
    expect(outcomes(await answer)).toEqual([answerTo('a')])
  })

  test('leaves the lanes alone when nothing waits', () => {
    const { batcher, lane } = setUp()
    batcher.pump()
    expect(lane.calls).toEqual([])
  })
})

describe('small submissions', () => {
  test('go to a lane that is busy with a large one, as many as are small together, and no further', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const large = batcher.submit([costing(6)])
    const small = ['aa', 'bb', 'cc'].map(request => batcher.submit([request]))
    expect(lane.given).toEqual([[costing(6)], ['aa'], ['bb']])
    lane.calls[1].answer()
    await settle()
    expect(lane.given[3]).toEqual(['cc'])
    expect(outcomes(await small[0])).toEqual([answerTo('aa')])
    for (const call of [0, 2, 3]) lane.calls[call].answer()
    expect(outcomes(await small[1])).toEqual([answerTo('bb')])
    expect(outcomes(await small[2])).toEqual([answerTo('cc')])
    await large
  })

  test('wait for a lane that is busy with others of their kind, however many', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const first = batcher.submit(['a'])
    const several = ['bbbb', 'cccc', 'dddd'].map(request => batcher.submit([request]))
    lane.call.answer()
    await settle()
    expect(lane.given[1]).toEqual(['bbbb', 'cccc', 'dddd'])
    const late = batcher.submit(['e'])
    expect(lane.given).toHaveLength(2)
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all([first, late, ...several])
  })

  test('go between what one sender sent in many', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const sender = {}
    const first = batcher.submit(['a'])
    const many = ['bbb', 'ccc'].map(request => batcher.submit([request], undefined, false, sender))
    lane.call.answer()
    await settle()
    const small = batcher.submit(['d'])
    expect(lane.given).toEqual([['a'], ['bbb', 'ccc'], ['d']])
    lane.calls[1].answer()
    lane.calls[2].answer()
    await Promise.all([first, small, ...many])
  })

  test('wait for a lane that will be free soon', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const answers = [batcher.submit(['aaaaa']), batcher.submit(['b'])]
    expect(lane.given).toEqual([['aaaaa']])
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
  })

  test('go to the lane that has least to do', async () => {
    const { batcher, lanes } = setUp({ lanes: 2, small: 5 })
    const answers = [batcher.submit([costing(20)]), batcher.submit([costing(10)]), batcher.submit(['a'])]
    expect(lanes[1].given).toEqual([[costing(10)], ['a']])
    for (const call of lanes.flatMap(({ calls }) => calls)) call.answer()
    await Promise.all(answers)
  })

  test('do not hold back the rest of a large one', async () => {
    const { batcher, lane } = setUp({ budget: 10, small: 5 })
    const large = batcher.submit([costing(10), costing(10)])
    const small = batcher.submit(['a'])
    lane.calls[0].answer()
    await settle()
    // The lane is still on the small one.
    expect(lane.given).toEqual([[costing(10)], ['a'], [costing(10)]])
    lane.calls[1].answer()
    expect(outcomes(await small)).toEqual([answerTo('a')])
    lane.call.answer()
    expect((await large).settled).toHaveLength(2)
  })

  test('do not keep the large waiting for good, however many of them come', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const answers = [batcher.submit([costing(10)])]
    const next = batcher.submit([costing(11)])
    answers.push(batcher.submit(['aa']))
    answers.push(batcher.submit(['bb']))
    lane.calls[0].answer()
    await settle()
    // Two of them are still under way.
    expect(lane.given).toEqual([[costing(10)], ['aa'], ['bb'], [costing(11)]])
    answers.push(batcher.submit(['c']))
    expect(lane.given[4]).toEqual(['c'])
    for (const call of lane.calls) call.answer()
    await Promise.all([...answers, next])
  })

  test('are waited for by a request that may end the lane', async () => {
    const { batcher, lanes } = setUp({ lanes: 2, small: 5 })
    const answers = [batcher.submit([costing(10)]), batcher.submit([costing(11)])]
    answers.push(batcher.submit(['aa']), batcher.submit(['bb']))
    const [busy, lost] = lanes[0].given.length === 2 ? lanes : lanes.toReversed()
    expect([busy.given.length, lost.given.length]).toEqual([2, 2])
    lost.kill()
    busy.calls[0].answer()
    await settle()
    // Of the lost lane one is tried again at once, on it; the other one must not join the small one.
    expect(lost.given).toHaveLength(3)
    expect(busy.given).toHaveLength(2)
    busy.calls[1].answer()
    await settle()
    expect(busy.given).toHaveLength(3)
    expect(busy.given[2]).toHaveLength(1)
    for (const { call } of lanes) call.answer()
    await Promise.all(answers)
  })

  test('never keep company with a request that may have ended a lane', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const suspect = batcher.submit([costing(20)])
    lane.call.lose()
    await settle()
    const small = batcher.submit(['a'])
    expect(lane.given).toEqual([[costing(20)], [costing(20)]])
    lane.call.answer()
    await settle()
    expect(lane.given[2]).toEqual(['a'])
    lane.call.answer()
    await Promise.all([suspect, small])
  })

  test('do not make the lane look slow for sharing it', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const answers = [batcher.submit([costing(96)]), batcher.submit([costing(4)])]
    vi.advanceTimersByTime(10)
    lane.calls[1].answer()
    await settle()
    vi.advanceTimersByTime(10)
    lane.calls[0].answer()
    await Promise.all(answers)
    // 100 in 20 ms of the lane, not in the 30 ms of its calls; what it was told before has decayed twice.
    const rate = (0.9 * (0.9 + 4) + 96) / (0.9 * (0.9 + 10) + 10)
    const next = batcher.submit([costing(100)])
    expect(batcher.predictedWait(0)).toBeCloseTo(100 / 2 / rate)
    lane.calls[2].answer()
    await next
  })

  test('are tried again, as the large one is, when their lane is lost', async () => {
    const { batcher, lane } = setUp({ small: 5 })
    const answers = [batcher.submit([costing(6)]), batcher.submit(['a'])]
    lane.kill()
    for (let i = 0; i < 2; i++) {
      await settle()
      expect(lane.call.requests).toHaveLength(1)
      lane.call.answer()
    }
    expect((await Promise.all(answers)).flatMap(outcomes)).toEqual([costing(6), 'a'].map(answerTo))
    expect(lane.kills).toBe(1)
  })
})

describe('idle lanes', () => {
  test('are those with nothing to do, and none while something waits', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    expect(batcher.idleLanes).toBe(2)
    const answers = [batcher.submit(['a'])]
    expect(batcher.idleLanes).toBe(1)
    answers.push(batcher.submit(['b']), batcher.submit(['c']))
    expect(batcher.idleLanes).toBe(0)
    for (let i = 0; i < 2; i++) {
      for (const { calls } of lanes) calls.at(-1)?.answer()
      await settle()
    }
    await Promise.all(answers)
    expect(batcher.idleLanes).toBe(2)
  })
})

describe('results', () => {
  test('come in the order of the requests, whatever the order of the lanes', async () => {
    const { batcher, lanes } = setUp({ lanes: 3, budget: 1 })
    const answer = batcher.submit(['a', 'b', 'c'])
    for (const lane of [lanes[2], lanes[0], lanes[1]]) {
      lane.call.answer()
      await settle()
    }
    expect(outcomes(await answer)).toEqual(['a', 'b', 'c'].map(answerTo))
  })

  test('wait for the last request of their submission, and for no other', async () => {
    const { batcher, lane } = setUp({ budget: 2 })
    let ended = 0
    const count = (): void => void ended++
    const answers = [batcher.submit(['a']).then(count), batcher.submit(['b', 'c', 'd']).then(count)]
    lane.call.answer()
    await settle()
    expect(ended).toBe(1)
    lane.call.answer()
    await settle()
    expect(ended).toBe(1)
    lane.call.answer()
    await Promise.all(answers)
    expect(ended).toBe(2)
  })

  test('tell the longest wait', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const first = batcher.submit(['a'])
    const second = batcher.submit(['b', 'c'])
    for (let i = 0; i < 3; i++) {
      vi.advanceTimersByTime(20)
      lane.call.answer()
      await settle()
    }
    expect((await first).queued).toBe(0)
    expect((await second).queued).toBe(40)
  })

  test('tell the longest wait, though it was not that of the last answer', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    const others = [batcher.submit(['x']), batcher.submit(['y'])]
    const answer = batcher.submit(['a', 'b'])
    lanes[0].call.answer()
    await settle()
    vi.advanceTimersByTime(20)
    lanes[1].call.answer()
    await settle()
    lanes[1].call.answer()
    await settle()
    lanes[0].call.answer()
    expect((await answer).queued).toBe(20)
    await Promise.all(others)
  })

  test('tell the wait of a request that no lane ever took', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const first = batcher.submit(['a'])
    vi.advanceTimersByTime(20)
    const second = batcher.submit(['b', 'c'])
    expect(batcher.waitingCost).toBe(2)
    vi.advanceTimersByTime(480)
    lane.call.answer()
    await settle()
    expect(batcher.waitingCost).toBe(1)
    vi.advanceTimersByTime(DEADLINE)
    await settle()
    expect((await first).queued).toBe(0)
    expect(outcomes(await second)).toEqual(['deadline_exceeded', 'deadline_exceeded'])
    // b waited for 480 ms and then ran, c waited to the end.
    expect((await second).queued).toBe(DEADLINE)
    expect(batcher.waitingCost).toBe(0)
  })

  test('of nothing are nothing', async () => {
    const { batcher, lane } = setUp()
    expect(await batcher.submit([])).toEqual({ settled: [], queued: 0 })
    expect(lane.calls).toEqual([])
  })

  test('never go to another, however lanes answer, fail and end', async () => {
    const random = seeded(31)
    const { batcher, lanes } = setUp({ lanes: 3, budget: 40 })
    const submissions: { requests: string[]; answer: Promise<Submission<string[]>> }[] = []
    let next = 0
    const finish = (call: Call<string>, luck: number): void => {
      if (luck === 0) call.lose()
      else if (luck === 1) call.fail(new Error('no'))
      else call.answer()
    }
    const step = async (luck: number): Promise<void> => {
      const busy = lanes.filter(lane => lane.busy)
      if (busy.length > 0) finish(busy[random.below(busy.length)].call, luck)
      await settle()
    }
    for (let i = 0; i < 400; i++) {
      if (batcher.waiting < 10) {
        const requests = Array.from({ length: 1 + random.below(4) }, () => `r${next++}`)
        submissions.push({ requests, answer: batcher.submit(requests) })
      }
      await step(random.below(8))
    }
    while (lanes.some(({ busy }) => busy)) await step(9)
    const counts = { answered: 0, crashed: 0 }
    for (const { requests, answer } of submissions) {
      outcomes(await answer).forEach((outcome, i) => {
        if (outcome === 'worker_crashed') counts.crashed++
        else {
          expect(outcome).toBe(answerTo(requests[i]))
          counts.answered++
        }
      })
    }
    expect(counts.answered + counts.crashed).toBe(next)
    expect(counts.answered).toBeGreaterThan(counts.crashed)
    expect(counts.crashed).toBeGreaterThan(0)
  })
})

describe('admission', () => {
  test('takes anything while nothing waits', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit([costing(100_000)]), batcher.submit([costing(100_000)])]
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
    expect(lane.calls.length).toBe(2)
  })

  test('predicts the wait from what waits and half of what runs', async () => {
    const { batcher, lane } = setUp()
    expect(batcher.predictedWait(0)).toBe(0)
    const answers = [batcher.submit([costing(20)]), batcher.submit([costing(30)])]
    expect(batcher.predictedWait(0)).toBe(40)
    lane.call.answer()
    await settle()
    expect(batcher.predictedWait(0)).toBe(15)
    lane.call.answer()
    await Promise.all(answers)
    expect(batcher.predictedWait(0)).toBe(0)
  })

  test('divides the wait among the lanes', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    const answers = [batcher.submit(['a']), batcher.submit(['b']), batcher.submit([costing(99)])]
    expect(batcher.predictedWait(0)).toBe((99 + 1) / 2)
    for (const lane of [lanes[0], lanes[1], lanes[0]]) {
      lane.call.answer()
      await settle()
    }
    await Promise.all(answers)
  })

  test.each([
    [MAX_WAIT, 1],
    [MAX_WAIT + 500, 1],
    [MAX_WAIT + 1000, 1],
    [MAX_WAIT + 1001, 2],
    [MAX_WAIT + 4200, 5]
  ])('refuses at a predicted wait of %i ms, to be tried again after %i s', async (wait, retryAfter) => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['aa']), batcher.submit([costing(wait - 1)])]
    expect(batcher.predictedWait(0)).toBe(wait)
    if (wait > MAX_WAIT) {
      await expect(batcher.submit(['b'])).rejects.toMatchObject({ code: 'overloaded', retryAfter })
      expect(batcher.waiting).toBe(1)
    } else {
      answers.push(batcher.submit(['b']))
      expect(batcher.waiting).toBe(2)
    }
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
  })

  test('refuses what could not be done before the deadline', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['aa']), batcher.submit(['b'])]
    await expect(batcher.submit([costing(DEADLINE)])).rejects.toMatchObject({
      code: 'overloaded',
      retryAfter: 1
    })
    answers.push(batcher.submit([costing(DEADLINE * 0.8 - 2)]))
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
  })

  test('refuses a batch that could not be done before the deadline though nothing waits, but never a single request', async () => {
    const { batcher, lane } = setUp()
    const half = costing(DEADLINE / 2)
    await expect(batcher.submit([half, half])).rejects.toMatchObject({ code: 'overloaded', retryAfter: 1 })
    const answer = batcher.submit([costing(DEADLINE * 2)])
    lane.call.answer()
    expect((await answer).settled).toHaveLength(1)
  })

  test('does not count against a request what will be dispatched after it', async () => {
    const { batcher, lane } = setUp({ budget: 10 })
    const large = batcher.submit(Array.from({ length: 70 }, () => costing(10)))
    // 630 wait, but in turns: one of them goes before.
    expect(batcher.predictedWait(1)).toBe(10 / 2 + 10)
    const small = batcher.submit(['b'])
    for (let i = 0; i < 71; i++) {
      lane.call.answer()
      await settle()
      if (i === 1) expect(lane.call.requests).toEqual(['b'])
    }
    expect(outcomes(await small)).toEqual([answerTo('b')])
    expect((await large).settled).toHaveLength(70)
  })

  test('lets what takes long itself wait as long as that', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['aa']), batcher.submit([costing(299)])]
    expect(batcher.predictedWait(1000)).toBe(300)
    expect(await codeOf(batcher.submit([costing(299)]))).toBe('overloaded')
    expect(() => batcher.checkWaiting(1)).toThrow(ServiceError)
    expect(() => batcher.checkWaiting(1, 300)).not.toThrow()
    answers.push(batcher.submit([costing(300)]))
    for (let i = 0; i < 2; i++) {
      lane.call.answer()
      await settle()
    }
    expect(await Promise.all(answers)).toHaveLength(3)
  })

  test('tells beforehand what would be refused', async () => {
    const { batcher, lane } = setUp()
    expect(() => batcher.checkWaiting(DEADLINE * 2)).not.toThrow()
    const answers = [batcher.submit(['a']), batcher.submit([costing(MAX_WAIT - 1)])]
    expect(() => batcher.checkWaiting(0)).not.toThrow()
    expect(() => batcher.checkWaiting(DEADLINE)).toThrow(ServiceError)
    answers.push(batcher.submit([costing(2)]))
    expect(() => batcher.checkWaiting(0)).toThrow(ServiceError)
    for (let i = 0; i < 2; i++) {
      lane.call.answer()
      await settle()
    }
    await Promise.all(answers)
  })

  test('refuses a submission as a whole', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit([costing(MAX_WAIT + 1)])]
    expect(await codeOf(batcher.submit(['b', 'c', 'd']))).toBe('overloaded')
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
    expect(lane.given.flat()).not.toContain('b')
  })

  test('admits again when the queue has drained', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit([costing(500)])]
    expect(await codeOf(batcher.submit(['b']))).toBe('overloaded')
    lane.call.answer()
    await settle()
    answers.push(batcher.submit(['b']))
    lane.call.answer()
    await settle()
    lane.call.answer()
    expect(outcomes((await Promise.all(answers))[2])).toEqual([answerTo('b')])
  })

  test('learns how fast the lanes are', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit([costing(100)])
    vi.advanceTimersByTime(10)
    lane.call.answer()
    await first
    // From 1 a millisecond almost to 10: what it was told counts as one millisecond, decayed.
    const rate = (0.9 + 100) / (0.9 + 10)
    const second = batcher.submit([costing(190)])
    expect(batcher.predictedWait(0)).toBeCloseTo(190 / 2 / rate)
    lane.call.answer()
    await second
  })

  test('says nothing of the request', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit([costing(MAX_WAIT + 1)])]
    const error = await batcher.submit(['Mr. Halvorsen']).catch((reason: ServiceError) => reason)
    expect(JSON.stringify(error) + (error as ServiceError).message).not.toContain('Halvorsen')
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
  })
})

describe('a caller that gives up', () => {
  test('before submitting is refused with its own reason', async () => {
    const { batcher, lane } = setUp()
    const reason = new ServiceError('client_gone')
    await expect(batcher.submit(['a'], AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(lane.calls).toEqual([])
  })

  test('while waiting leaves the queue, and no lane ever sees its requests', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit(['a'])
    const controller = new AbortController()
    const gone = batcher.submit(['b', 'c'], controller.signal)
    const last = batcher.submit(['d'])
    const reason = new ServiceError('client_gone')
    controller.abort(reason)
    await expect(gone).rejects.toBe(reason)
    expect(batcher.waiting).toBe(1)
    expect(batcher.predictedWait(0)).toBe(1.5)
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all([first, last])
    expect(lane.given).toEqual([['a'], ['d']])
  })

  test('while its requests run is let go, and its neighbours are answered', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit(['a'])
    const controller = new AbortController()
    const gone = batcher.submit(['b'], controller.signal)
    const neighbour = batcher.submit(['c'])
    lane.call.answer()
    await settle()
    expect(lane.call.requests).toEqual(['b', 'c'])
    controller.abort(new ServiceError('client_gone'))
    expect(await codeOf(gone)).toBe('client_gone')
    expect(lane.busy).toBe(true)
    expect(lane.kills).toBe(0)
    lane.call.answer()
    expect(outcomes(await neighbour)).toEqual([answerTo('c')])
    await first
  })

  test('with some of its requests running loses those that wait', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const controller = new AbortController()
    const gone = batcher.submit(['a', 'b'], controller.signal)
    controller.abort(new ServiceError('client_gone'))
    expect(await codeOf(gone)).toBe('client_gone')
    lane.call.answer()
    await settle()
    expect(lane.given).toEqual([['a']])
    expect(batcher.predictedWait(0)).toBe(0)
  })

  test('after its answer changes nothing', async () => {
    const { batcher, lane } = setUp()
    const controller = new AbortController()
    const answer = batcher.submit(['a'], controller.signal)
    lane.call.answer()
    await answer
    controller.abort()
    const next = batcher.submit(['b'])
    lane.call.answer()
    expect(outcomes(await next)).toEqual([answerTo('b')])
  })

  test('while its requests run is not tried again when the lane is lost', async () => {
    const { batcher, lane } = setUp()
    const controller = new AbortController()
    const gone = batcher.submit(['a'], controller.signal)
    controller.abort(new ServiceError('client_gone'))
    expect(await codeOf(gone)).toBe('client_gone')
    lane.call.lose()
    await settle()
    const { given } = lane
    if (lane.busy) lane.call.answer()
    await settle()
    expect(given).toEqual([['a']])
  })
})

describe('the deadline', () => {
  test('in the queue answers with deadline_exceeded, and the lane never sees the request', async () => {
    const { batcher, lanes } = setUp()
    lanes.pop()
    const answer = batcher.submit(['a', 'b'])
    vi.advanceTimersByTime(DEADLINE)
    expect(outcomes(await answer)).toEqual(['deadline_exceeded', 'deadline_exceeded'])
    expect(batcher.waiting).toBe(0)
  })

  test('keeps the answers that came before it', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const answer = batcher.submit(['a', 'b'])
    vi.advanceTimersByTime(DEADLINE - 1)
    lane.call.answer()
    await settle()
    vi.advanceTimersByTime(1)
    expect(outcomes(await answer)).toEqual([answerTo('a'), 'deadline_exceeded'])
    lane.call.answer()
    await settle()
  })

  test('kills a lane that hangs, and answers its requests', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit(['a'])
    const others = [batcher.submit(['b']), batcher.submit(['c'])]
    lane.call.answer()
    await first
    vi.advanceTimersByTime(DEADLINE - 1)
    expect(lane.kills).toBe(0)
    vi.advanceTimersByTime(1)
    expect(lane.kills).toBe(1)
    await settle()
    for (const other of others) expect(outcomes(await other)).toEqual(['deadline_exceeded'])
    expect(lane.given).toEqual([['a'], ['b', 'c']])
  })

  test('of a hung lane frees it for what waits behind it', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit(['a'])
    vi.advanceTimersByTime(DEADLINE / 2)
    const second = batcher.submit(['b'])
    vi.advanceTimersByTime(DEADLINE / 2)
    expect(lane.kills).toBe(1)
    await settle()
    expect(lane.call.requests).toEqual(['b'])
    lane.call.answer()
    expect(outcomes(await first)).toEqual(['deadline_exceeded'])
    expect(outcomes(await second)).toEqual([answerTo('b')])
  })

  test('does not kill a lane that has answered', async () => {
    const { batcher, lane } = setUp()
    const answer = batcher.submit(['a'])
    lane.call.answer()
    await answer
    vi.advanceTimersByTime(2 * DEADLINE)
    expect(lane.kills).toBe(0)
  })
})

describe('a lost lane', () => {
  test('has each of its requests tried once more, alone, and all are answered', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit(['a'])
    const others = [batcher.submit(['b']), batcher.submit(['c', 'd'])]
    lane.call.answer()
    await first
    lane.call.lose()
    await settle()
    for (let i = 0; i < 3; i++) {
      lane.call.answer()
      await settle()
    }
    expect(lane.given).toEqual([['a'], ['b', 'c', 'd'], ['b'], ['c'], ['d']])
    expect((await Promise.all(others)).flatMap(outcomes)).toEqual(['b', 'c', 'd'].map(answerTo))
  })

  test('twice gives up the request that was alone, and answers its neighbours', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit(['poison', 'b'])]
    lane.call.answer()
    await settle()
    lane.call.lose()
    await settle()
    expect(lane.call.requests).toEqual(['poison'])
    lane.call.lose()
    await settle()
    lane.call.answer()
    expect((await Promise.all(answers)).map(outcomes)).toEqual([
      [answerTo('a')],
      ['worker_crashed', answerTo('b')]
    ])
    expect(lane.calls.length).toBe(4)
  })

  test('and another one with the other share of one thing are one try of it', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    const answer = batcher.submit(['x/1', 'x/2'])
    expect(lanes.map(({ given }) => given)).toEqual([[['x/1']], [['x/2']]])
    for (const { call } of lanes) call.lose()
    await settle()
    for (const { call } of lanes) call.answer()
    expect(outcomes(await answer)).toEqual(['x/1', 'x/2'].map(answerTo))
  })

  test('with a share in the second try gives up the others, those that run and those that wait', async () => {
    const { batcher, lanes } = setUp({ lanes: 2 })
    const [one, other] = lanes
    const answer = batcher.submit(['x/1', 'x/2', 'x/3'])
    one.call.lose()
    await settle()
    expect(one.given[1]).toEqual(['x/1'])
    expect(batcher.waiting).toBe(1)
    one.call.lose()
    await settle()
    expect(batcher.waiting).toBe(0)
    expect(outcomes(await answer)).toEqual(['worker_crashed', 'worker_crashed', 'worker_crashed'])
    other.call.answer()
  })

  test('is one try of shares that were on it together', async () => {
    const { batcher, lane } = setUp()
    const answer = batcher.submit(['x/1', 'x/2'])
    lane.call.lose()
    for (let i = 0; i < 2; i++) {
      await settle()
      lane.call.answer()
    }
    expect(outcomes(await answer)).toEqual(['x/1', 'x/2'].map(answerTo))
  })

  test('has its requests go before what waits', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit(['b'])]
    lane.call.lose()
    await settle()
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all(answers)
    expect(lane.given).toEqual([['a'], ['a'], ['b']])
  })

  test('does not bring back a request whose deadline has passed', async () => {
    const { batcher, lane } = setUp()
    const first = batcher.submit(['a'])
    const second = batcher.submit(['b'])
    vi.advanceTimersByTime(1)
    lane.call.answer()
    await first
    vi.advanceTimersByTime(DEADLINE - 1)
    expect(outcomes(await second)).toEqual(['deadline_exceeded'])
    lane.call.lose()
    await settle()
    expect(lane.given).toEqual([['a'], ['b']])
  })
})

describe('an error of a live lane', () => {
  test('with several requests has them tried again one by one', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit(['b']), batcher.submit(['bad'])]
    lane.call.answer()
    await settle()
    lane.call.fail(new Error('no'))
    await settle()
    lane.call.answer()
    await settle()
    lane.call.fail(new Error('no'))
    expect((await Promise.all(answers)).map(outcomes)).toEqual([
      [answerTo('a')],
      [answerTo('b')],
      ['worker_crashed']
    ])
    expect(lane.given).toEqual([['a'], ['b', 'bad'], ['b'], ['bad']])
  })

  test('with one request is its answer, with the cause', async () => {
    const { batcher, lane } = setUp()
    const answer = batcher.submit(['a'])
    const cause = new Error('no')
    lane.call.fail(cause)
    const { settled } = await answer
    expect(settled).toEqual([{ error: expect.objectContaining({ code: 'worker_crashed', cause }) }])
    expect(lane.calls.length).toBe(1)
    expect(lane.kills).toBe(0)
  })

  test('does not teach the drain rate', async () => {
    const { batcher, lane } = setUp()
    const failed = batcher.submit([costing(100)])
    vi.advanceTimersByTime(1)
    lane.call.fail(new Error('no'))
    await failed
    const next = batcher.submit([costing(10)])
    expect(batcher.predictedWait(0)).toBe(5)
    lane.call.answer()
    await next
  })
})

describe('closing', () => {
  test('ends at once when there is nothing to do', async () => {
    await setUp().batcher.close()
  })

  test('waits for what runs and what waits', async () => {
    const { batcher, lane } = setUp()
    const answers = [batcher.submit(['a']), batcher.submit(['b'])]
    let closed = false
    const closing = batcher.close().then(() => {
      closed = true
    })
    lane.call.answer()
    await settle()
    expect(closed).toBe(false)
    lane.call.answer()
    await closing
    expect((await Promise.all(answers)).flatMap(outcomes)).toEqual([answerTo('a'), answerTo('b')])
  })

  test('refuses new requests with not_ready and a time to try again', async () => {
    const { batcher, lane } = setUp()
    const answer = batcher.submit(['a'])
    const closing = batcher.close()
    await expect(batcher.submit(['b'])).rejects.toMatchObject({ code: 'not_ready', retryAfter: 1 })
    lane.call.answer()
    await closing
    await answer
    expect(await codeOf(batcher.submit(['c']))).toBe('not_ready')
  })

  test('waits for the second try of a request', async () => {
    const { batcher, lane } = setUp()
    const answer = batcher.submit(['a'])
    const closing = batcher.close()
    lane.call.lose()
    await settle()
    lane.call.answer()
    await closing
    expect(outcomes(await answer)).toEqual([answerTo('a')])
  })

  test('ends when the last that waits gives up or runs out of time, though no lane ever comes', async () => {
    const { batcher, lanes } = setUp()
    lanes.pop()
    const controller = new AbortController()
    const gone = batcher.submit(['a'], controller.signal)
    const late = batcher.submit(['b'])
    const closing = batcher.close()
    controller.abort(new ServiceError('client_gone'))
    expect(await codeOf(gone)).toBe('client_gone')
    vi.advanceTimersByTime(DEADLINE)
    await closing
    expect(outcomes(await late)).toEqual(['deadline_exceeded'])
  })
})

describe('submissions of one sender', () => {
  test('have the turns of one: another submission waits for one of them, and not for all', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const sender = {}
    const own = ['a', 'b', 'c', 'd'].map(request => batcher.submit([request], undefined, false, sender))
    const other = batcher.submit(['x'])
    const strangers = ['p', 'q'].map(request => batcher.submit([request]))
    for (let i = 0; i < 7; i++) {
      lane.call.answer()
      await settle()
    }
    expect(lane.given.flat().join('')).toBe('abxpqcd')
    await Promise.all([...own, other, ...strangers])
  })

  test('are given up one by one', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const sender = {}
    const controller = new AbortController()
    const first = batcher.submit(['a'], undefined, false, sender)
    const second = batcher.submit(['b'], controller.signal, false, sender)
    const third = batcher.submit(['c'], undefined, false, sender)
    controller.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    expect(batcher.waiting).toBe(1)
    lane.call.answer()
    await settle()
    lane.call.answer()
    await Promise.all([first, third])
    expect(lane.given.flat()).toEqual(['a', 'c'])
  })

  test('have deadlines of their own', async () => {
    const { batcher, lane } = setUp({ budget: 1 })
    const sender = {}
    const first = batcher.submit(['a'], undefined, false, sender)
    const second = batcher.submit(['b'], undefined, false, sender)
    await vi.advanceTimersByTimeAsync(DEADLINE - 10)
    lane.call.answer()
    await settle()
    const third = batcher.submit(['c'], undefined, false, sender)
    await vi.advanceTimersByTimeAsync(10)
    expect(outcomes(await second)).toEqual(['deadline_exceeded'])
    expect(batcher.waiting).toBe(1)
    lane.call.answer()
    await settle()
    lane.call.answer()
    expect(outcomes(await third)).toEqual([answerTo('c')])
    await first
  })
})
