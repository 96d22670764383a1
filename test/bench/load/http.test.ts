import { describe, expect, test } from 'vitest'
import { AnswerReader, toRequest } from '../../../bench/load/http.ts'

const bytes = Buffer.from('HTTP/1.1 503 Service Unavailable\r\nContent-Length:  10\r\nx: y\r\n\r\n{"a":"é"}')

describe('an answer', () => {
  test('is read whole', () => {
    expect(new AnswerReader().push(bytes)).toEqual({ status: 503, body: Buffer.from('{"a":"é"}') })
  })

  test('is read from any two chunks, and byte by byte', () => {
    const answer = { status: 503, body: Buffer.from('{"a":"é"}') }
    const reader = new AnswerReader()
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(reader.push(bytes.subarray(0, cut))).toBeUndefined()
      expect(reader.push(bytes.subarray(cut))).toEqual(answer)
    }
    for (let i = 0; i < bytes.length - 1; i++) expect(reader.push(bytes.subarray(i, i + 1))).toBeUndefined()
    expect(reader.push(bytes.subarray(-1))).toEqual(answer)
  })

  test('tells when to come back, where it is a refusal that says so', () => {
    const refusal = 'HTTP/1.1 503 X\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n'
    expect(new AnswerReader().push(Buffer.from(refusal))).toMatchObject({ status: 503, retryAfter: 7 })
  })

  test('may be empty', () => {
    expect(new AnswerReader().push(Buffer.from('HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n'))).toEqual({
      status: 204,
      body: Buffer.alloc(0)
    })
  })

  test('of unknown length, or with something after it, is refused', () => {
    expect(() => new AnswerReader().push(Buffer.from('HTTP/1.1 200 OK\r\nx: y\r\n\r\n'))).toThrow('Length')
    expect(() => new AnswerReader().push(Buffer.concat([bytes, bytes]))).toThrow('More')
  })
})

test('a request counts its bytes', () => {
  expect(toRequest(new URL('http://127.0.0.1:81/ner'), '"é"').toString()).toBe(
    'POST /ner HTTP/1.1\r\nhost: 127.0.0.1:81\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n"é"'
  )
})
