import { describe, expect, onTestFinished, test } from 'vitest'
import type { DescribedModel } from '../../src/model/verified-model.ts'
import type { RecognitionObserver } from '../../src/recognition/observer.ts'
import { partEnds } from '../../src/recognition/parts.ts'
import { createPooledRecognizer } from '../../src/recognition/pooled.ts'
import type { Recognition, Recognizer } from '../../src/recognition/recognizer.ts'
import { until } from '../helpers/service.ts'

/** A recognizer over two workers that behave as told; it is closed with the test. */
async function setUp(
  behaviour: 'tells-pid' | 'ends-on-word',
  observer?: RecognitionObserver,
  onLost?: (pid: number | undefined) => void
): Promise<Recognizer> {
  const recognizer = createPooledRecognizer({
    model: { sha256: 'digest' } as DescribedModel,
    modelFolder: 'folder',
    workers: 2,
    deadline: 20_000,
    maxWait: 20_000,
    workerEntry: new URL(`../fixtures/workers/${behaviour}.mjs`, import.meta.url),
    ...(observer && { observer }),
    onWorkerEvent: ({ kind, pid }) => {
      if (kind === 'lost') onLost?.(pid)
    }
  })
  onTestFinished(() => recognizer.close())
  await until(() => recognizer.health().started)
  return recognizer
}

/** Start, end and label of what was found in each text, or the code of its error. */
function found({ outcomes }: Recognition): ([number, number, string][] | string)[] {
  return outcomes.map(outcome =>
    'error' in outcome
      ? outcome.error.code
      : outcome.analyzed.entities.map(({ start, end, label }) => [start, end, label])
  )
}

const long = 'No acute distress. Lungs clear.\n'.repeat(4000)

describe('a long text', () => {
  test('is spread over the workers and joined in order', async () => {
    const recognizer = await setUp('tells-pid')
    const [entities] = found(await recognizer.recognize([{ text: long }]))
    const spans = (entities as [number, number, string][]).map(([start, end]) => [start, end])
    const ends = partEnds(long)
    expect(spans).toEqual(ends.map((end, i) => [i === 0 ? 0 : ends[i - 1], end]))
    expect(new Set((entities as [number, number, string][]).map(([, , pid]) => pid)).size).toBe(2)
  })

  test('fails as a whole when one of its parts does, and its neighbours do not', async () => {
    const recognizer = await setUp('ends-on-word')
    const texts = [{ text: 'before' }, { text: `${long}fatal\n${long}` }, { text: 'after' }]
    expect(found(await recognizer.recognize(texts))).toEqual([
      [[0, 6, 'Echo']],
      'worker_crashed',
      [[0, 5, 'Echo']]
    ])
  })
})

describe('a note', () => {
  const note = 'No acute distress. '.repeat(100)

  test('is shared by two workers that are idle', async () => {
    const recognizer = await setUp('tells-pid')
    const [entities] = found(await recognizer.recognize([{ text: note }]))
    expect(new Set((entities as [number, number, string][]).map(([, , pid]) => pid)).size).toBe(2)
  })

  test('is given to one worker where the other is busy, and one of several is', async () => {
    const recognizer = await setUp('tells-pid')
    const answers = await Promise.all([
      recognizer.recognize([{ text: 'short' }]),
      recognizer.recognize([{ text: note }])
    ])
    expect(answers.flatMap(found).map(entities => entities.length)).toEqual([1, 1])
    const both = await recognizer.recognize([{ text: note }, { text: note }])
    expect(found(both).map(entities => entities.length)).toEqual([1, 1])
  })

  test('that ends the workers that share it is tried once more, by one of them', async () => {
    const ended: (number | undefined)[] = []
    const recognizer = await setUp('ends-on-word', undefined, pid => ended.push(pid))
    expect(found(await recognizer.recognize([{ text: `${note}fatal` }]))).toEqual(['worker_crashed'])
    await until(() => recognizer.health().readyWorkers === 2)
    // Two in the first try; in the second at least one, and at most both again.
    expect([3, 4]).toContain(ended.length)
    expect(found(await recognizer.recognize([{ text: 'next' }]))).toEqual([[[0, 4, 'Echo']]])
  })
})

describe('an observer', () => {
  /** What an observer was told. */
  function observed() {
    const dispatches: number[] = []
    const recognitions: Recognition[] = []
    const observer: RecognitionObserver = {
      dispatched: texts => void dispatches.push(texts),
      recognized: recognition => void recognitions.push(recognition)
    }
    return { observer, dispatches, recognitions }
  }

  test('is told of every dispatch that was answered, and of every request', async () => {
    const { observer, dispatches, recognitions } = observed()
    const recognizer = await setUp('tells-pid', observer)
    const all = await Promise.all([
      recognizer.recognize([{ text: long }]),
      recognizer.recognize([{ text: 'one' }, { text: 'two' }])
    ])
    expect(dispatches.reduce((sum, texts) => sum + texts, 0)).toBe(partEnds(long).length + 2)
    expect(new Set(recognitions)).toEqual(new Set(all))
  })

  test('is not told of a dispatch whose worker ended, nor of a request that was given up', async () => {
    const { observer, dispatches, recognitions } = observed()
    const recognizer = await setUp('ends-on-word', observer)
    expect(found(await recognizer.recognize([{ text: 'fatal' }]))).toEqual(['worker_crashed'])
    expect(dispatches).toEqual([])
    expect(recognitions).toHaveLength(1)
    await expect(
      recognizer.recognize([{ text: 'x' }], AbortSignal.abort(new Error('gone')))
    ).rejects.toThrow()
    expect(recognitions).toHaveLength(1)
  })
})

test('the load tells what waits and the memory of each worker', async () => {
  const recognizer = await setUp('tells-pid')
  const { workerMemory, ...idle } = recognizer.load()
  expect(idle).toEqual({ waiting: 0, waitingTokens: 0, predictedWait: 0 })
  expect(workerMemory).toHaveLength(2)
  for (const bytes of workerMemory) expect(bytes).toBeGreaterThan(1e6)
  const answers = Array.from({ length: 3 }, () => recognizer.recognize([{ text: long }]))
  const { waiting, waitingTokens, predictedWait } = recognizer.load()
  expect(waiting).toBeGreaterThan(0)
  expect(waitingTokens).toBeGreaterThan(waiting * 100)
  expect(predictedWait).toBeGreaterThan(0)
  await Promise.all(answers)
})
