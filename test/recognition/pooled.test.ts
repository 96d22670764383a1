import { describe, expect, onTestFinished, test } from 'vitest'
import type { DescribedModel } from '../../src/model/verified-model.ts'
import { partEnds } from '../../src/recognition/parts.ts'
import { createPooledRecognizer } from '../../src/recognition/pooled.ts'
import type { Recognition, Recognizer } from '../../src/recognition/recognizer.ts'
import { until } from '../helpers/service.ts'

/** A recognizer over two workers that behave as told; it is closed with the test. */
async function setUp(behaviour: 'tells-pid' | 'ends-on-word'): Promise<Recognizer> {
  const recognizer = createPooledRecognizer({
    model: { sha256: 'digest' } as DescribedModel,
    modelFolder: 'folder',
    workers: 2,
    deadline: 20_000,
    maxWait: 20_000,
    workerEntry: new URL(`../fixtures/workers/${behaviour}.mjs`, import.meta.url)
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
