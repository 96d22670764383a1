import { type ErrorCode, errorTable } from '../errors.ts'
import { ProblemSchema } from './problem.ts'
import { reference } from './reference.ts'

/** Errors that any route can give. */
const common: readonly ErrorCode[] = ['malformed_request', 'request_timeout', 'internal']

/** Errors of a route that asks for credentials, where the service is configured to. */
export const accessErrors: readonly ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'quota_exceeded',
  'jwks_unavailable'
]

/** Errors of a route that reads a JSON body. */
export const bodyErrors: readonly ErrorCode[] = [
  'invalid_json',
  'invalid_encoding',
  'body_too_large',
  'unsupported_media_type',
  'invalid_request'
]

/** Errors of a route that runs the model. */
export const recognitionErrors: readonly ErrorCode[] = [
  'text_too_long',
  'unknown_label',
  'worker_crashed',
  'overloaded',
  'not_ready',
  'deadline_exceeded'
]

/** Response entries, by status, for the errors that a route can give. */
export function problemResponses(...codes: readonly ErrorCode[]) {
  const byStatus: Record<number, { description: string; content: object }> = {}
  for (const code of [...common, ...codes]) {
    const { status, title } = errorTable[code]
    const before = byStatus[status]?.description
    byStatus[status] = {
      description: before ? `${before}; ${title} (${code})` : `${title} (${code})`,
      content: { 'application/problem+json': { schema: reference(ProblemSchema) } }
    }
  }
  return byStatus
}
