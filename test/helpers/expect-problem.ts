import { expect } from 'vitest'
import { type ErrorCode, errorTable } from '../../src/errors.ts'
import type { Problem } from '../../src/schemas/problem.ts'

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  json(): unknown
}

/** Checks that an answer is the problem document of `code`, and returns it. */
export function expectProblem(answer: Answer, code: ErrorCode): Problem {
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  const problem = answer.json() as Problem
  expect(problem).toMatchObject({ code, status: errorTable[code].status, title: errorTable[code].title })
  expect(answer.statusCode).toBe(errorTable[code].status)
  return problem
}
