import { describe, expect, test } from 'vitest'
import type { AnalyzedText, TextRequest } from '../../src/analysis.ts'
import type { Outcome } from '../../src/recognition/recognizer.ts'
import { testApp } from '../helpers/build-app.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

/** Every word is an entity. */
function everyWord({ text, options }: TextRequest): Outcome {
  const spans = Array.from(text.matchAll(/\S+/g), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length
  }))
  const analyzed: AnalyzedText = {
    entities: spans.map(span => ({ ...span, label: 'Diagnosis', confidence: 0.5 })),
    ...(options?.include?.includes('tokens') && { tokens: spans }),
    cutSentences: []
  }
  return { analyzed }
}

const long = 'fever \u{1f600} "cough"\n'.repeat(10_000)

describe('a large answer', () => {
  test('is written while small ones are: one that comes later is answered before it', async () => {
    let release = (): void => {}
    const gate = new Promise<void>(resolve => {
      release = resolve
    })
    const { app } = await testApp({
      recognizer: fakeRecognizer({
        async answer(request) {
          if (request.text === long) release()
          else await gate
          return everyWord(request)
        }
      })
    })
    const answered: string[] = []
    const ask = async (name: string, text: string): Promise<void> => {
      const { statusCode } = await app.inject({ method: 'POST', url: '/ner', payload: { text } })
      answered.push(`${name} ${statusCode}`)
    }
    await Promise.all([ask('small', 'fever'), ask('large', long)])
    expect(answered).toEqual(['small 200', 'large 200'])
  })

  test.each([
    ['/ner', (text: string) => ({ text, options: { include: ['tokens'] } })],
    [
      '/ner/batch',
      (text: string) => ({
        documents: [
          { id: 'a', text: 'fever' },
          { id: 'b', text }
        ]
      })
    ]
  ])('of %s is what a small one is: same fields, same order, same headers', async (url, payloadOf) => {
    const { app } = await testApp({ recognizer: fakeRecognizer({ answer: everyWord }) })
    const [small, large] = await Promise.all(
      ['fever cough', long].map(text => app.inject({ method: 'POST', url, payload: payloadOf(text) }))
    )
    expect(large.statusCode).toBe(200)
    expect(Object.keys(large.headers).sort()).toEqual(Object.keys(small.headers).sort())
    expect(large.headers['content-type']).toBe(small.headers['content-type'])
    expect(large.headers['content-length']).toBe(String(large.rawPayload.length))
    const shapes = [small, large].map(({ payload }) => Object.keys(JSON.parse(payload)))
    expect(shapes[1]).toEqual(shapes[0])
    const resultsOf = (payload: string) => {
      const body = JSON.parse(payload)
      return body.documents?.[1] ?? body
    }
    const { entities } = resultsOf(large.payload)
    expect(entities.length).toBe(30_000)
    expect(Object.keys(entities[0])).toEqual(Object.keys(resultsOf(small.payload).entities[0]))
    for (const { start, end, text } of entities) if (long.slice(start, end) !== text) expect.fail(text)
  })

  test('of a batch in which documents failed is written in pieces too', async () => {
    const { app } = await testApp({ recognizer: fakeRecognizer({ answer: everyWord }) })
    const documents = [{ id: 'a', text: long }, { id: 'a', text: 'twice' }, 7]
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents } })
    const { errors } = answer.json()
    expect(errors.map(({ problem }: { problem: { code: string } }) => problem.code)).toEqual([
      'duplicate_id',
      'invalid_request'
    ])
  })
})
