import { describe, expect, test } from 'vitest'
import type { AnalyzedText } from '../../src/analysis.ts'
import type { Document, Entry } from '../../src/annotation/document.ts'
import { annotate, type RunOptions } from '../../src/annotation/run.ts'
import { nothingDone } from '../../src/annotation/totals.ts'
import { ServiceError } from '../../src/errors.ts'
import type { Recognition } from '../../src/recognition/recognizer.ts'
import { until } from '../helpers/service.ts'

const noTimings = {
  ...{ queue: 0, pipeline: 0, inference: 0, decoding: 0 },
  ...{ sentences: 0, tokens: 0, unknown: 0, cells: 0 }
}

/** A run whose texts are answered when the test says so, and what it did. */
function setUp(changes: Partial<RunOptions> = {}) {
  const asked: { text: string; answer(): void; refuse(code: 'overloaded' | 'worker_crashed'): void }[] = []
  const written: string[] = []
  const places: number[] = []
  const errors: string[] = []
  const sink = {
    async write({ id }: Document, { entities }: AnalyzedText) {
      written.push(`${id}:${entities.length}`)
      return id === 'twice' ? new ServiceError('duplicate_id') : undefined
    },
    async written(next: number) {
      places.push(next)
    },
    async finish() {},
    async suspend() {}
  }
  const run: RunOptions = {
    recognizer: {
      recognize: ([{ text }]) =>
        new Promise<Recognition>(resolve => {
          const entities = [{ start: 0, end: 1, label: 'Drug_Name', confidence: 1 }]
          const end = (outcome: Recognition['outcomes'][number]) =>
            resolve({ outcomes: [outcome], timings: noTimings })
          asked.push({
            text,
            answer: () => end({ analyzed: { entities, cutSentences: [] } }),
            refuse: code => end({ error: new ServiceError(code) })
          })
        })
    },
    sink,
    options: {},
    maxTextLength: 100,
    window: { documents: 4, characters: 1000 },
    before: nothingDone,
    onError: (where, { code }) => void errors.push(`${where} ${code}`),
    onProgress: () => {},
    ...changes
  }
  return { run, asked, written, places, errors }
}

/** Documents without end; tells how many were taken. */
function endless(text = 'x') {
  const taken = { count: 0 }
  async function* entries(): AsyncGenerator<Entry> {
    for (;;) {
      const number = taken.count++
      yield { number, where: `line ${number + 1}`, content: { id: `n${number}`, text } }
    }
  }
  return { taken, entries: entries() }
}

async function* of(...contents: Entry['content'][]): AsyncGenerator<Entry> {
  for (const [number, content] of contents.entries()) yield { number, where: `line ${number + 1}`, content }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

describe('a run', () => {
  test('writes in the order of the input, in whatever order it is answered', async () => {
    const { run, asked, written, places } = setUp()
    const done = annotate(of({ id: 'a', text: 'x' }, { id: 'b', text: 'y' }, { id: 'c', text: 'z' }), run)
    await until(() => asked.length === 3)
    for (const { answer } of asked.toReversed()) {
      await settled()
      expect(written).toEqual([])
      answer()
    }
    expect(await done).toEqual({ documents: 3, entities: 3, failed: 0 })
    expect(written).toEqual(['a:1', 'b:1', 'c:1'])
    expect(places).toEqual([1, 2, 3])
  })

  test('reads no more than its window of documents while the first is not answered', async () => {
    const { run, asked } = setUp()
    const { taken, entries } = endless()
    void annotate(entries, run)
    await until(() => asked.length === 4)
    for (let i = 0; i < 10; i++) await settled()
    // One is in hand, and not asked for.
    expect([asked.length, taken.count]).toEqual([4, 5])
    asked[0].answer()
    await until(() => asked.length === 5)
    expect(taken.count).toBe(6)
  })

  test('reads no more than its window of characters, but always one document', async () => {
    const { run, asked } = setUp({ window: { documents: 100, characters: 25 } })
    const { entries } = endless('0123456789')
    void annotate(entries, run)
    await until(() => asked.length === 2)
    for (let i = 0; i < 10; i++) await settled()
    expect(asked).toHaveLength(2)

    const narrow = setUp({ window: { documents: 100, characters: 5 } })
    void annotate(endless('0123456789').entries, narrow.run)
    await until(() => narrow.asked.length === 1)
  })

  test('passes over what cannot be annotated, and says where it is', async () => {
    const { run, asked, written, places, errors } = setUp()
    const done = annotate(
      of(
        new ServiceError('invalid_json'),
        { id: 'long', text: 'x'.repeat(101) },
        { id: 'crash', text: 'x' },
        { id: 'twice', text: 'x' },
        { id: 'good', text: 'x' }
      ),
      run
    )
    await until(() => asked.length === 3)
    asked[0].refuse('worker_crashed')
    asked[1].answer()
    asked[2].answer()
    expect(await done).toEqual({ documents: 1, entities: 1, failed: 4 })
    expect(errors).toEqual([
      'line 1 invalid_json',
      'line 2 text_too_long',
      'line 3 worker_crashed',
      'line 4 duplicate_id'
    ])
    expect(written).toEqual(['twice:1', 'good:1'])
    expect(places).toEqual([1, 2, 3, 4, 5])
  })

  test('stops before what cannot be annotated, where that is asked for', async () => {
    const onError = (where: string): void => {
      throw new Error(where)
    }
    const { run, asked, places } = setUp({ onError })
    const done = annotate(of({ id: 'a', text: 'x' }, new ServiceError('invalid_json')), run)
    await until(() => asked.length === 1)
    asked[0].answer()
    await expect(done).rejects.toThrow('line 2')
    expect(places).toEqual([1])
  })

  test('ends when nothing can be annotated: the document is not at fault', async () => {
    const { run, asked, errors, places } = setUp()
    const done = annotate(endless().entries, run)
    await until(() => asked.length === 4)
    asked[0].refuse('overloaded')
    await expect(done).rejects.toMatchObject({ code: 'overloaded' })
    expect([errors, places]).toEqual([[], []])
  })

  test('adds to what was done before', async () => {
    const { run, asked } = setUp({ before: { documents: 10, entities: 20, failed: 3 } })
    const done = annotate(of({ id: 'a', text: 'x' }), run)
    await until(() => asked.length === 1)
    asked[0].answer()
    expect(await done).toEqual({ documents: 11, entities: 21, failed: 3 })
  })
})
