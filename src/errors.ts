/**
 * Every error a caller can meet: its stable code, HTTP status and title. Those of a state that will pass carry
 * Retry-After.
 */
export const errorTable = {
  invalid_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_encoding: { status: 400, title: 'The body is not valid UTF-8' },
  malformed_request: { status: 400, title: 'The request is not valid HTTP' },
  unauthorized: { status: 401, title: 'The request needs valid credentials' },
  forbidden: { status: 403, title: 'The credentials do not allow this' },
  not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'The resource does not have this method' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  body_too_large: { status: 413, title: 'The body is too large' },
  line_too_long: { status: 413, title: 'The line is too long' },
  text_too_long: { status: 413, title: 'The text is too long' },
  unsupported_media_type: { status: 415, title: 'The body has a media type that is not read' },
  expectation_failed: { status: 417, title: 'The Expect header asks for something unknown' },
  invalid_request: { status: 422, title: 'The request does not match its schema' },
  unknown_label: { status: 422, title: 'The model does not have this label' },
  duplicate_id: { status: 422, title: 'Another document of the request has the same id' },
  quota_exceeded: { status: 429, title: 'The quota of the key is used up' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  /** never sent: it stands in the log for a client that hung up */
  client_gone: { status: 499, title: 'The client hung up' },
  internal: { status: 500, title: 'An unexpected error occurred' },
  worker_crashed: { status: 500, title: 'The text could not be processed' },
  overloaded: { status: 503, title: 'The service is at capacity' },
  not_ready: { status: 503, title: 'The service is not ready' },
  jwks_unavailable: { status: 503, title: 'The keys that verify tokens cannot be fetched' },
  deadline_exceeded: { status: 504, title: 'The deadline passed before the answer was ready' }
} as const

export type ErrorCode = keyof typeof errorTable

interface Details {
  /** for the caller; never holds any of the caller's text */
  detail?: string
  /** where in the request, as a JSON Pointer */
  pointer?: string
  /** the limit that was passed */
  limit?: number
  /** whole seconds after which to try again */
  retryAfter?: number
  /** how to authenticate, as in WWW-Authenticate */
  challenge?: string
  cause?: unknown
}

/** V8 looks here for how many frames an error gets. */
const errors = Error as unknown as { stackTraceLimit: number }

/** An error of the table. Only those that are faults of the service have a stack: it takes longer than a refusal. */
export class ServiceError extends Error {
  readonly code: ErrorCode
  readonly detail: string | undefined
  readonly pointer: string | undefined
  readonly limit: number | undefined
  readonly retryAfter: number | undefined
  readonly challenge: string | undefined

  constructor(code: ErrorCode, { detail, pointer, limit, retryAfter, challenge, cause }: Details = {}) {
    const { status, title } = errorTable[code]
    const frames = errors.stackTraceLimit
    if (status !== 500) errors.stackTraceLimit = 0
    super(title, { cause })
    errors.stackTraceLimit = frames
    this.name = 'ServiceError'
    this.code = code
    this.detail = detail
    this.pointer = pointer
    this.limit = limit
    this.retryAfter = retryAfter
    this.challenge = challenge
  }
}
