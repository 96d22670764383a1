import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { testApp } from '../helpers/build-app.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

describe('POST /ner/batch', () => {
  test('answers in the order of the request, each document with its own entities', async () => {
    const { app } = await testApp()
    const documents = Array.from({ length: 50 }, (_, i) => ({ id: `n${i}`, text: `drug${i} daily` }))
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().documents).toEqual(
      documents.map(({ id, text }, i) => ({
        id,
        entities: [
          { start: 0, end: text.indexOf(' '), text: `drug${i}`, label: 'Drug_Name', confidence: 0.123456789 }
        ]
      }))
    )
    expect(answer.json().errors).toEqual([])
  })

  test('one bad document never fails the others, and each has its reason', async () => {
    const { app } = await testApp({ config: { NER_MAX_TEXT_LENGTH: 20 } })
    const documents = [
      { id: 'good', text: 'Aspirin' },
      { id: 'empty', text: '' },
      { id: 'none' },
      { id: 'good', text: 'again' },
      { id: 'long', text: 'x'.repeat(21) },
      { id: '', text: 'no id' },
      { text: 'no id' },
      { id: 7, text: 'id of a wrong type' },
      'Jane Roe',
      null,
      { id: 'more', text: 'x', Jane: 1 },
      { id: 'last', text: 'Insulin' }
    ]
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().documents.map(({ id }: { id: string }) => id)).toEqual(['good', 'last'])
    expect(
      answer
        .json()
        .errors.map(({ index, id, problem }: never) => [index, id, (problem as { code: string }).code])
    ).toEqual([
      [1, 'empty', 'invalid_request'],
      [2, 'none', 'invalid_request'],
      [3, 'good', 'duplicate_id'],
      [4, 'long', 'text_too_long'],
      [5, undefined, 'invalid_request'],
      [6, undefined, 'invalid_request'],
      [7, undefined, 'invalid_request'],
      [8, undefined, 'invalid_request'],
      [9, undefined, 'invalid_request'],
      [10, 'more', 'invalid_request']
    ])
    expect(answer.body).not.toContain('Jane')
  })

  test('a document whose worker crashed is among the errors', async () => {
    const recognizer = fakeRecognizer({
      answer: ({ text }) =>
        text === 'poison'
          ? { error: new ServiceError('worker_crashed') }
          : { analyzed: { entities: [], cutSentences: [] } }
    })
    const { app } = await testApp({ recognizer })
    const documents = ['a', 'poison', 'c'].map(text => ({ id: text, text }))
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents } })
    expect(answer.json().documents.map(({ id }: { id: string }) => id)).toEqual(['a', 'c'])
    expect(answer.json().errors).toMatchObject([
      { index: 1, id: 'poison', problem: { code: 'worker_crashed' } }
    ])
  })

  test('an id counts from its first use, also by a document at fault, so that answers can be joined by it', async () => {
    const { app, lines } = await testApp()
    const long = '\u{1f600}'.repeat(200)
    const documents = [{ id: 'a' }, { id: 'a', text: 'x' }, { id: long, text: '' }]
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents } })
    expect(answer.json().documents).toEqual([])
    expect(answer.json().errors).toMatchObject([
      { index: 0, id: 'a', problem: { code: 'invalid_request' } },
      { index: 1, id: 'a', problem: { code: 'duplicate_id' } },
      { index: 2, id: long, problem: { code: 'invalid_request' } }
    ])
    const [line] = lines.map(one => JSON.parse(one)).filter(({ msg }) => msg === 'request')
    expect(line.failed).toEqual({ invalid_request: 2, duplicate_id: 1 })
  })

  test('only bad documents is an answer too', async () => {
    const { app } = await testApp()
    const answer = await app.inject({
      method: 'POST',
      url: '/ner/batch',
      payload: { documents: [{ id: 'a' }] }
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ documents: [], errors: [{ index: 0, id: 'a' }] })
  })

  test.each([
    ['no documents', { documents: [] }, '/documents'],
    ['a document that is not in a list', { documents: { id: 'a', text: 'x' } }, '/documents'],
    ['an unknown member', { documents: [{ id: 'a', text: 'x' }], Jane: 1 }, ''],
    ['an unknown option', { documents: [{ id: 'a', text: 'x' }], options: { Jane: 1 } }, '/options']
  ])('refuses %s as a whole', async (_name, payload, pointer) => {
    const { app } = await testApp()
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload })
    expect(expectProblem(answer, 'invalid_request').pointer).toBe(pointer)
    expect(answer.body).not.toContain('Jane')
  })

  test('refuses more documents than the limit, and says the limit', async () => {
    const { app } = await testApp({ config: { NER_MAX_DOCUMENTS: 2 } })
    const documents = ['a', 'b', 'c'].map(id => ({ id, text: 'x' }))
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents } })
    expect(expectProblem(answer, 'invalid_request')).toMatchObject({ limit: 2, pointer: '/documents' })
  })
})
