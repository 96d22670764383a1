import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { type ErrorCode, errorTable, ServiceError } from '../../src/errors.ts'
import { ProblemSchema, toProblem } from '../../src/schemas/problem.ts'

const schema = Compile(ProblemSchema)
const codes = Object.keys(errorTable) as ErrorCode[]

describe('the problem document', () => {
  test.each(codes)('of %s is valid, with and without details', code => {
    const bare = toProblem(new ServiceError(code))
    expect(schema.Check(bare)).toBe(true)
    const { status, title } = errorTable[code]
    expect(bare).toEqual({ type: `/problems/${code.replaceAll('_', '-')}`, title, status, code })
    const full = toProblem(
      new ServiceError(code, {
        detail: 'Why.',
        pointer: '/text',
        limit: 10,
        retryAfter: 2,
        cause: new Error()
      }),
      'request-1'
    )
    expect(schema.Check(full)).toBe(true)
    expect(full).toEqual({
      ...bare,
      detail: 'Why.',
      pointer: '/text',
      limit: 10,
      retryAfter: 2,
      requestId: 'request-1'
    })
  })

  test('keeps details that are empty or zero', () => {
    const error = new ServiceError('invalid_request', { detail: '', pointer: '', limit: 0, retryAfter: 0 })
    expect(toProblem(error, '')).toMatchObject({
      detail: '',
      pointer: '',
      limit: 0,
      retryAfter: 0,
      requestId: ''
    })
  })

  test('never holds the cause', () => {
    const error = new ServiceError('internal', { cause: new Error('Halvorsen') })
    expect(JSON.stringify(toProblem(error))).not.toContain('Halvorsen')
  })
})

describe('the table of errors', () => {
  test.each(codes)('gives %s a status of an error and a title of its own', code => {
    const { status, title } = errorTable[code]
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
    expect(codes.filter(other => errorTable[other].title === title)).toEqual([code])
  })

  test('is what a service error says, and no more', () => {
    const error = new ServiceError('overloaded', { retryAfter: 3 })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'ServiceError', code: 'overloaded', retryAfter: 3 })
    expect(error.message).toBe(errorTable.overloaded.title)
    expect(error.detail).toBeUndefined()
  })
})
