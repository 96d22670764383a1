import { type Static, Type } from 'typebox'
import { type ErrorCode, errorTable, type ServiceError } from '../errors.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

/** RFC 9457 problem document. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: 'Names the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.Enum(codes, { description: 'Stable name of the kind of problem, for programs.' }),
    detail: Type.Optional(Type.String({ description: 'What to change. Never quotes the request.' })),
    pointer: Type.Optional(
      Type.String({ description: 'JSON Pointer to the member of the request at fault.' })
    ),
    limit: Type.Optional(Type.Integer({ description: 'The limit that was passed.' })),
    retryAfter: Type.Optional(
      Type.Integer({ description: 'Seconds after which to try again, as in Retry-After.' })
    ),
    requestId: Type.Optional(Type.String({ description: 'The X-Request-Id of the response.' }))
  },
  { $id: 'Problem', additionalProperties: false }
)

export type Problem = Static<typeof ProblemSchema>

/** The problem document of an error; members without a value are left out. */
export function toProblem(error: ServiceError, requestId?: string): Problem {
  const { status, title } = errorTable[error.code]
  return {
    type: `/problems/${error.code.replaceAll('_', '-')}`,
    title,
    status,
    code: error.code,
    ...(error.detail !== undefined && { detail: error.detail }),
    ...(error.pointer !== undefined && { pointer: error.pointer }),
    ...(error.limit !== undefined && { limit: error.limit }),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
    ...(requestId !== undefined && { requestId })
  }
}
