import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { DescribedModel } from '../../src/model/verified-model.ts'
import { type WorkerEvent, WorkerPool } from '../../src/workers/pool.ts'
import { AnalysisFailed, WorkerLost } from '../../src/workers/worker-process.ts'

// The workers of these tests have no model; what they are told of one is only passed on.
const described = { sha256: 'digest' } as DescribedModel

type Behaviour =
  | 'echo'
  | 'never-ready'
  | 'refuses'
  | 'crashes-on-request'
  | 'exits-at-once'
  | 'fails'
  | 'hangs'
  | 'answers-another'
  | 'answers-last-first'

const STOP_TIMEOUT = 1000

/** A pool of workers that behave as told, what it said of them, and an end to all of them with the test. */
function setUp(behaviour: Behaviour, size = 1) {
  const events: WorkerEvent[] = []
  let notify = (): void => {}
  const pool = new WorkerPool({
    size,
    modelFolder: 'folder',
    model: described,
    entry: new URL(`../fixtures/workers/${behaviour}.mjs`, import.meta.url),
    onEvent: event => {
      events.push(event)
      notify()
    }
  })
  const count = (kind: WorkerEvent['kind']): number => events.filter(event => event.kind === kind).length
  const pids = (): number[] => events.flatMap(({ kind, pid }) => (kind === 'started' && pid ? [pid] : []))
  /** Resolves when there were so many events of a kind. */
  const seen = async (kind: WorkerEvent['kind'], times: number): Promise<void> => {
    while (count(kind) < times) {
      await new Promise<void>(resolve => {
        notify = resolve
      })
    }
  }
  onTestFinished(async () => {
    const closed = pool.close(STOP_TIMEOUT)
    for (const pid of pids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
    await closed
    expect(pids().filter(isAlive)).toEqual([])
  })
  return { pool, events, count, pids, seen }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const texts = [{ text: 'Denies fever.' }, { text: 'Afebrile 😀 \ud83d.' }]

// Time stands still but where a test moves it: real processes, no real delays.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})

afterEach(() => {
  vi.useRealTimers()
})

describe('a pool', () => {
  test('starts its workers, and is started when each has been ready', async () => {
    const { pool, seen, count, pids } = setUp('echo', 2)
    let idle = 0
    pool.onIdle(() => void idle++)
    expect([pool.size, pool.readyCount, pool.started, pool.lanes().length]).toEqual([2, 0, false, 0])
    await seen('ready', 1)
    expect([pool.readyCount, pool.started, pool.lanes().length]).toEqual([1, false, 1])
    await seen('ready', 2)
    expect([pool.readyCount, pool.started, pool.lanes().length, idle]).toEqual([2, true, 2, 2])
    expect(pool.fault).toBeUndefined()
    expect(count('started')).toBe(2)
    expect(new Set(pids()).size).toBe(2)
  })

  test('gives texts to a worker and its answer back, every code unit intact', async () => {
    const { pool, seen } = setUp('echo')
    await seen('ready', 1)
    const { texts: analyzed, work } = await pool.lanes()[0].analyze(texts)
    expect(analyzed.map(({ entities }) => entities[0].end)).toEqual(texts.map(({ text }) => text.length))
    expect(work.cells).toBe(0)
  })

  test('tells the answers of calls that overlap apart, whichever comes first', async () => {
    const { pool, seen } = setUp('answers-last-first')
    await seen('ready', 1)
    const [worker] = pool.lanes()
    const order: number[] = []
    const calls = [1, 2].map(async length => {
      const { texts: analyzed } = await worker.analyze([{ text: 'x'.repeat(length) }])
      order.push(analyzed[0].entities[0].end)
      return analyzed[0].entities[0].end
    })
    expect(await Promise.all(calls)).toEqual([1, 2])
    expect(order).toEqual([2, 1])
    expect(pool.lanes()).toEqual([worker])
  })

  test('ends every call of a worker that ends', async () => {
    const { pool, seen } = setUp('hangs')
    await seen('ready', 1)
    const [worker] = pool.lanes()
    const calls = [worker.analyze(texts), worker.analyze(texts)]
    worker.kill()
    const ends = await Promise.allSettled(calls)
    for (const end of ends) expect(end).toMatchObject({ reason: expect.any(WorkerLost) })
    expect(ends).toHaveLength(2)
  })

  test('hands on that texts could not be analyzed, and keeps the worker', async () => {
    const { pool, seen, count } = setUp('fails')
    await seen('ready', 1)
    const [worker] = pool.lanes()
    const failure = worker.analyze(texts)
    await expect(failure).rejects.toThrow(AnalysisFailed)
    await expect(failure).rejects.toMatchObject({ worker: { type: 'RangeError' } })
    expect(pool.lanes()).toEqual([worker])
    expect([count('started'), count('lost')]).toEqual([1, 0])
  })

  test('does not count a worker that is not ready', async () => {
    const { pool, seen } = setUp('never-ready')
    await seen('started', 1)
    expect([pool.readyCount, pool.started, pool.lanes().length]).toEqual([0, false, 0])
  })
})

describe('a worker that ends', () => {
  test('in a call rejects the call with WorkerLost, and is replaced', async () => {
    const { pool, seen, count, pids } = setUp('crashes-on-request')
    await seen('ready', 1)
    await expect(pool.lanes()[0].analyze(texts)).rejects.toThrow(WorkerLost)
    await seen('lost', 1)
    expect([pool.readyCount, pool.lanes().length]).toEqual([0, 0])
    expect(pool.fault).toBeUndefined()
    await vi.advanceTimersByTimeAsync(0)
    await seen('ready', 2)
    expect([pool.readyCount, pool.lanes().length, count('started')]).toEqual([1, 1, 2])
    expect(new Set(pids()).size).toBe(2)
  })

  test('leaves the others alone', async () => {
    const { pool, seen } = setUp('crashes-on-request', 2)
    await seen('ready', 2)
    const [first, second] = pool.lanes()
    await expect(first.analyze(texts)).rejects.toThrow(WorkerLost)
    await seen('lost', 1)
    expect(pool.lanes()).toEqual([second])
    expect(pool.started).toBe(true)
  })

  test('when it is killed in a call rejects the call, and is replaced', async () => {
    const { pool, seen } = setUp('hangs')
    await seen('ready', 1)
    const [worker] = pool.lanes()
    const answer = worker.analyze(texts)
    worker.kill()
    await expect(answer).rejects.toThrow(WorkerLost)
    await seen('lost', 1)
    await vi.advanceTimersByTimeAsync(0)
    await seen('ready', 2)
    expect(pool.lanes().length).toBe(1)
  })

  test('while idle is replaced', async () => {
    const { pool, seen, pids } = setUp('echo')
    await seen('ready', 1)
    process.kill(pids()[0], 'SIGKILL')
    await seen('lost', 1)
    expect(pool.lanes()).toEqual([])
    await vi.advanceTimersByTimeAsync(0)
    await seen('ready', 2)
    await pool.lanes()[0].analyze(texts)
  })

  test('is ended when it answers a call that was not made, so that no caller gets the answer of another', async () => {
    const { pool, seen } = setUp('answers-another')
    await seen('ready', 1)
    await expect(pool.lanes()[0].analyze(texts)).rejects.toThrow(WorkerLost)
    await seen('lost', 1)
  })
})

describe('a process that cannot be started', () => {
  test('is replaced like one that ended', async () => {
    const { execPath } = process
    onTestFinished(() => {
      process.execPath = execPath
    })
    process.execPath = '/no/such/node'
    const events: WorkerEvent[] = []
    const pool = new WorkerPool({
      size: 1,
      modelFolder: 'folder',
      model: described,
      entry: new URL('../fixtures/workers/echo.mjs', import.meta.url),
      onEvent: event => void events.push(event)
    })
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'lost'])
    await vi.advanceTimersByTimeAsync(0)
    expect(events.map(({ kind }) => kind).slice(0, 3)).toEqual(['started', 'lost', 'started'])
    await pool.close(STOP_TIMEOUT)
  })
})

describe('a worker that refuses', () => {
  test('is reported as a fault', async () => {
    const { pool, events, seen } = setUp('refuses')
    await seen('lost', 1)
    expect(pool.fault).toBe('nothing to serve in folder')
    expect(events.at(-1)).toMatchObject({ kind: 'lost', reason: 'nothing to serve in folder' })
    expect([pool.readyCount, pool.started]).toEqual([0, false])
  })

  test.each(['refuses', 'exits-at-once'] as const)(
    'or ends soon is started again with growing delays: %s',
    async behaviour => {
      const { seen, count } = setUp(behaviour)
      const delays = [0, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]
      for (const [i, delay] of delays.entries()) {
        await seen('lost', i + 1)
        expect(count('started')).toBe(i + 1)
        expect(vi.getTimerCount()).toBe(1)
        if (delay > 0) await vi.advanceTimersByTimeAsync(delay - 1)
        if (delay > 0) expect(count('started')).toBe(i + 1)
        await vi.advanceTimersByTimeAsync(1)
        expect(count('started')).toBe(i + 2)
      }
    }
  )

  test('but one that has answered is replaced at once, however soon it ends', async () => {
    const { pool, seen, count, pids } = setUp('echo')
    for (let life = 1; life <= 5; life++) {
      await seen('ready', life)
      await pool.lanes()[0].analyze(texts)
      process.kill(pids()[life - 1], 'SIGKILL')
      await seen('lost', life)
      await vi.advanceTimersByTimeAsync(0)
      expect(count('started')).toBe(life + 1)
    }
  })

  test('but one that lived long is replaced at once, and its earlier ends are forgotten', async () => {
    const { seen, count, pids } = setUp('echo')
    for (let life = 1; life <= 3; life++) {
      await seen('ready', life)
      process.kill(pids()[life - 1], 'SIGKILL')
      await seen('lost', life)
      await vi.advanceTimersByTimeAsync(400)
      expect(count('started')).toBe(life + 1)
    }
    await seen('ready', 4)
    await vi.advanceTimersByTimeAsync(5000)
    process.kill(pids()[3], 'SIGKILL')
    await seen('lost', 4)
    await vi.advanceTimersByTimeAsync(0)
    expect(count('started')).toBe(5)
    await seen('ready', 5)
    process.kill(pids()[4], 'SIGKILL')
    await seen('lost', 5)
    await vi.advanceTimersByTimeAsync(0)
    expect(count('started')).toBe(6)
  })
})

describe('closing a pool', () => {
  test.each(['echo', 'never-ready', 'crashes-on-request'] as const)(
    'ends every process: %s',
    async behaviour => {
      const { pool, pids, seen, count } = setUp(behaviour, 3)
      await seen(behaviour === 'never-ready' ? 'started' : 'ready', 3)
      await pool.close(STOP_TIMEOUT)
      expect(pids().filter(isAlive)).toEqual([])
      expect(pool.readyCount).toBe(0)
      expect(vi.getTimerCount()).toBe(0)
      expect(count('lost')).toBe(0)
    }
  )

  test('kills what does not end in time, and not before', async () => {
    const { pool, pids, seen } = setUp('hangs', 2)
    await seen('ready', 2)
    const closed = pool.close(STOP_TIMEOUT)
    await vi.advanceTimersByTimeAsync(STOP_TIMEOUT - 1)
    expect(pids().map(isAlive)).toEqual([true, true])
    await vi.advanceTimersByTimeAsync(1)
    await closed
    expect(pids().filter(isAlive)).toEqual([])
  })

  test('rejects a call under way with WorkerLost', async () => {
    const { pool, seen } = setUp('hangs')
    await seen('ready', 1)
    const answer = expect(pool.lanes()[0].analyze(texts)).rejects.toThrow(WorkerLost)
    const closed = pool.close(STOP_TIMEOUT)
    await vi.advanceTimersByTimeAsync(STOP_TIMEOUT)
    await closed
    await answer
  })

  test('starts nothing that was waiting for its turn', async () => {
    const { pool, seen, count } = setUp('exits-at-once')
    await seen('lost', 1)
    await pool.close(STOP_TIMEOUT)
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count('started')).toBe(1)
  })

  test('does not replace a worker that ends while the pool closes', async () => {
    const { pool, seen, count, pids } = setUp('hangs')
    await seen('ready', 1)
    const closed = pool.close(STOP_TIMEOUT)
    process.kill(pids()[0], 'SIGKILL')
    await closed
    await vi.advanceTimersByTimeAsync(60_000)
    expect(count('started')).toBe(1)
  })
})
