import { ServiceError } from '../errors.ts'
import type { Scope } from './scopes.ts'

/** Refusals of access, each with the challenge that belongs to it (RFC 6750, section 3). */
const BEARER = 'Bearer realm="ner-jsl"'

export function missingCredentials(): ServiceError {
  return new ServiceError('unauthorized', {
    detail: 'Send a key or token as Authorization: Bearer, or a key as X-API-Key.',
    challenge: BEARER
  })
}

/** @param cause why, for the log; the caller is told no more than the detail */
export function invalidCredentials(detail = 'The key or token is not valid.', cause?: unknown): ServiceError {
  return new ServiceError('unauthorized', { detail, challenge: `${BEARER}, error="invalid_token"`, cause })
}

export function missingScope(scope: Scope): ServiceError {
  return new ServiceError('forbidden', {
    detail: `It needs the scope ${scope}.`,
    challenge: `${BEARER}, error="insufficient_scope", scope="${scope}"`
  })
}
