import { describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.ts'
import { testApp } from '../helpers/build-app.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

const json = { 'content-type': 'application/json' }

describe('POST /ner', () => {
  test('answers entities with the characters they span', async () => {
    const { app } = await testApp()
    const answer = await app.inject({ method: 'POST', url: '/ner', payload: { text: 'Aspirin daily' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      model: { name: 'fake', version: '1.0.0', sha256: 'f'.repeat(64) },
      offsetUnit: 'utf16',
      entities: [{ start: 0, end: 7, text: 'Aspirin', label: 'Drug_Name', confidence: 0.123456789 }]
    })
    expect(answer.headers['server-timing']).toMatch(
      /^queue;dur=1, pipeline;dur=1, inference;dur=1, decoding;dur=1$/
    )
  })

  test.each([
    ['utf16', 0, 9],
    ['codepoint', 0, 8],
    ['utf8', 0, 11]
  ])('counts in the unit that is asked for, and says which: %s', async (offsetUnit, start, end) => {
    const { app } = await testApp()
    const text = '😀Aspirin daily'
    const options = { offsetUnit }
    const one = await app.inject({ method: 'POST', url: '/ner', payload: { text, options } })
    expect(one.json()).toMatchObject({ offsetUnit, entities: [{ start, end, text: '😀Aspirin' }] })
    const payload = { documents: [{ id: 'a', text }], options }
    const batch = await app.inject({ method: 'POST', url: '/ner/batch', payload })
    expect(batch.json()).toMatchObject({ offsetUnit, documents: [{ entities: [{ start, end }] }] })
  })

  test.each([
    ['\u{1f600}\u{1f468}\u200d\u{1f469}'],
    ['e\u0301clair'],
    ['\ud800alone'],
    [`${'x'.repeat(100)}\udfff`],
    ['a\u0000b'],
    ['\ufeffbom'],
    ['"quoted"\\'],
    ['\u2028']
  ])('text and spans survive the wire: %j', async text => {
    const { app } = await testApp()
    const answer = await app.inject({
      method: 'POST',
      url: '/ner',
      headers: json,
      payload: JSON.stringify({ text })
    })
    for (const { start, end, text: span } of answer.json().entities) expect(text.slice(start, end)).toBe(span)
    expect(answer.json().entities.length).toBe(text.search(/\s|$/) > 0 ? 1 : 0)
  })

  test('passes options on', async () => {
    const recognizer = fakeRecognizer()
    const { app } = await testApp({ recognizer })
    const options = { labels: ['Diagnosis'], minConfidence: 0.5, include: ['tokens', 'sentences'] }
    const answer = await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x', options } })
    expect(answer.statusCode).toBe(200)
    expect(recognizer.seen).toEqual([{ text: 'x', options }])
  })

  test('tells of sentences that were read in parts, and of tokens and sentences when there are any', async () => {
    const span = { start: 0, end: 1 }
    const answer = { analyzed: { entities: [], tokens: [span], sentences: [span], cutSentences: [span] } }
    const { app } = await testApp({ recognizer: fakeRecognizer({ answer: () => answer }) })
    const response = await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x' } })
    expect(response.json()).toMatchObject({
      tokens: [span],
      sentences: [span],
      warnings: [{ code: 'sentence_split', start: 0, end: 1 }]
    })
  })

  test.each([
    ['malformed JSON', '{"text": "Jane Roe', 'invalid_json'],
    ['an empty body', '', 'invalid_json'],
    ['a poisoned prototype', '{"text":"x","__proto__":{"a":1}}', 'invalid_json'],
    ['a list', '["x"]', 'invalid_request'],
    ['no text', '{}', 'invalid_request'],
    ['an empty text', '{"text":""}', 'invalid_request'],
    ['a number for text', '{"text":5}', 'invalid_request'],
    ['null for text', '{"text":null}', 'invalid_request'],
    ['an unknown member', '{"text":"x","Jane":1}', 'invalid_request'],
    ['an unknown option', '{"text":"x","options":{"Jane":1}}', 'invalid_request'],
    ['a confidence over 1', '{"text":"x","options":{"minConfidence":2}}', 'invalid_request'],
    ['a confidence in words', '{"text":"x","options":{"minConfidence":"0.5"}}', 'invalid_request'],
    ['no labels', '{"text":"x","options":{"labels":[]}}', 'invalid_request'],
    ['an unknown label', '{"text":"x","options":{"labels":["Diagnosis","Jane"]}}', 'unknown_label'],
    ['an unknown extra', '{"text":"x","options":{"include":["Jane"]}}', 'invalid_request']
  ] as const)('refuses %s', async (_name, payload, code) => {
    const recognizer = fakeRecognizer()
    const { app } = await testApp({ recognizer })
    const answer = await app.inject({ method: 'POST', url: '/ner', headers: json, payload })
    expectProblem(answer, code)
    expect(answer.body).not.toContain('Jane')
    expect(recognizer.seen).toEqual([])
  })

  test.each([
    [{ 'content-encoding': 'gzip' }, 'Compressed bodies are not read.'],
    [{ 'content-type': 'application/json; charset=iso-8859-1' }, 'The charset must be UTF-8.']
  ])('refuses a body that its headers %j say is not plain UTF-8', async (headers, detail) => {
    const { app } = await testApp()
    const payload = '{"text":"x"}'
    const answer = await app.inject({
      method: 'POST',
      url: '/ner',
      headers: { ...json, ...headers },
      payload
    })
    expect(expectProblem(answer, 'unsupported_media_type').detail).toBe(detail)
  })

  test('takes a charset that is UTF-8', async () => {
    const { app } = await testApp()
    const headers = { 'content-type': 'application/json; charset="UTF-8"' }
    const answer = await app.inject({ method: 'POST', url: '/ner', headers, payload: '{"text":"x"}' })
    expect(answer.statusCode).toBe(200)
  })

  test('refuses bytes that are not UTF-8', async () => {
    const { app } = await testApp()
    const payload = Buffer.from([...Buffer.from('{"text":"caf'), 0xe9, ...Buffer.from('"}')])
    expectProblem(
      await app.inject({ method: 'POST', url: '/ner', headers: json, payload }),
      'invalid_encoding'
    )
  })

  test.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x'
  ])('refuses a body of type %s', async type => {
    const { app } = await testApp()
    const headers = { 'content-type': type }
    expectProblem(
      await app.inject({ method: 'POST', url: '/ner', headers, payload: 'x' }),
      'unsupported_media_type'
    )
  })

  test('refuses a text over the limit, and says the limit', async () => {
    const { app } = await testApp({ config: { NER_MAX_TEXT_LENGTH: 10 } })
    const post = (text: string) => app.inject({ method: 'POST', url: '/ner', payload: { text } })
    expect((await post('x'.repeat(10))).statusCode).toBe(200)
    expect(expectProblem(await post('x'.repeat(11)), 'text_too_long')).toMatchObject({
      limit: 10,
      pointer: '/text'
    })
  })

  test('refuses a body over the limit, and says the limit', async () => {
    const { app } = await testApp({ config: { NER_MAX_BODY_BYTES: 1024 } })
    const answer = await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x'.repeat(2000) } })
    expect(expectProblem(answer, 'body_too_large')).toMatchObject({ limit: 1024 })
  })

  test('says when to come back', async () => {
    const error = new ServiceError('overloaded', { retryAfter: 7 })
    const { app } = await testApp({ recognizer: fakeRecognizer({ answer: () => Promise.reject(error) }) })
    const answer = await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x' } })
    expect(expectProblem(answer, 'overloaded')).toMatchObject({ retryAfter: 7 })
    expect(answer.headers['retry-after']).toBe('7')
  })

  test.each(['/ner', '/ner/batch'])(
    'refuses %s before its body is read when that would be in vain',
    async url => {
      const asked: number[] = []
      const admit = (bytes: number): void => {
        asked.push(bytes)
        throw new ServiceError('overloaded', { retryAfter: 3 })
      }
      const { app } = await testApp({ recognizer: fakeRecognizer({ admit }) })
      // Read, it would be refused as no JSON.
      const answer = await app.inject({ method: 'POST', url, headers: json, payload: 'no JSON' })
      expect(expectProblem(answer, 'overloaded')).toMatchObject({ retryAfter: 3 })
      expect(asked).toEqual([7])
    }
  )

  test('answers an unexpected error with its title alone', async () => {
    const answerWith = () => Promise.reject(new Error('Jane Roe'))
    const { app, lines } = await testApp({ recognizer: fakeRecognizer({ answer: answerWith }) })
    const answer = await app.inject({ method: 'POST', url: '/ner', payload: { text: 'x' } })
    expect(expectProblem(answer, 'internal').detail).toBeUndefined()
    expect(answer.body + lines.join('')).not.toContain('Jane')
  })

  test('echoes a request id that is one, and makes one otherwise', async () => {
    const { app } = await testApp()
    const id = async (given: string) =>
      (await app.inject({ url: '/livez', headers: { 'x-request-id': given } })).headers['x-request-id']
    expect(await id('abc-1.2:3')).toBe('abc-1.2:3')
    expect(await id('Jane Roe')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
