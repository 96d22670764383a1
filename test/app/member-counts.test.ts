import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countRead, countWritten } from '../../src/member-counts.ts'
import { arbitraryText, repeatable } from '../helpers/arbitrary-text.ts'
import { testApp } from '../helpers/build-app.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { fakeRecognizer } from '../helpers/fake-recognizer.ts'

test('without a name that comes twice, as many members are written as are read', () => {
  const key = fc
    .oneof(arbitraryText, fc.constantFrom('"', '\\', '\\"', '":', '{"a":1}', ''))
    .filter(name => name !== '__proto__')
  const value = fc.letrec(tie => ({
    any: fc.oneof({ maxDepth: 4 }, key, fc.double(), fc.constant(null), tie('list'), tie('object')),
    list: fc.array(tie('any'), { maxLength: 4 }),
    object: fc.dictionary(key, tie('any'), { maxKeys: 4 })
  })).any
  fc.assert(
    fc.property(value, fc.constantFrom('', ' ', '\n\t', '\r'), (any, space) => {
      const json = JSON.stringify(any, undefined, space)
      expect(countWritten(json)).toBe(countRead(JSON.parse(json)))
    }),
    repeatable
  )
})

test.each([
  ['{"a":1,"a":1}', 2, 1],
  ['{"a":1,"\\u0061":1}', 2, 1],
  ['{"a" \n:\t{"b":[{"c":1,"c":2}]}}', 4, 3],
  ['[{"a":1},{"a":1}]', 2, 2],
  ['{"a":":","b":"\\\\"}', 2, 2]
])('%s has %i members as written, %i as read', (json, written, read) => {
  expect(countWritten(json)).toBe(written)
  expect(countRead(JSON.parse(json))).toBe(read)
})

test('depth needs no stack', () => {
  const json = '[{"a":'.repeat(200_000) + 0 + '}]'.repeat(200_000)
  expect(countRead(JSON.parse(json))).toBe(200_000)
})

describe('a body with a member twice', () => {
  test.each([
    ['/ner', '{"text":"one","text":"two"}'],
    ['/ner', '{"text":"one","options":{"minConfidence":0,"minConfidence":1}}'],
    ['/ner/batch', '{"documents":[{"id":"a","text":"one","text":"two"}]}'],
    ['/ner/batch', '{"documents":[{"id":"a","text":"one"}],"documents":[{"id":"b","text":"two"}]}']
  ])('is refused at %s: %s', async (url, payload) => {
    const recognizer = fakeRecognizer()
    const { app } = await testApp({ recognizer })
    const headers = { 'content-type': 'application/json' }
    const answer = await app.inject({ method: 'POST', url, headers, payload })
    expect(expectProblem(answer, 'invalid_json').detail).toBe('An object has a member twice.')
    expect(recognizer.seen).toEqual([])
  })
})
