import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type ErrorCode, errorTable, ServiceError } from '../errors.ts'
import { toProblem } from '../schemas/problem.ts'
import { describeValidation, type Fault } from '../schemas/validation.ts'
import { countRequest } from './metrics.ts'
import { logRequest } from './request-log.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** code of the problem document that the request was answered with */
    problem: ErrorCode | null
  }
}

/** Errors of the framework that are the caller's, in our table. */
const frameworkErrors: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json'
}

/** Every error leaves as application/problem+json from the table of errors, and none quotes the request. */
async function problemDetails(
  app: FastifyInstance,
  { maxBodyBytes }: { maxBodyBytes: number }
): Promise<void> {
  app.decorateRequest('problem', null)
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = classify(error, maxBodyBytes)
    if (known.code === 'client_gone') {
      // Nobody is left to answer.
      noteGone(request, reply)
      return reply.hijack()
    }
    if (faults.has(known.code)) request.log.error({ err: known.cause ?? error, code: known.code }, 'failed')
    else if (known.cause) request.log.debug({ err: known.cause, code: known.code }, 'refused')
    return sendProblem(known, request.id, reply)
  })

  app.addHook('onRequest', async (request, reply) => {
    if (!request.routeOptions.config?.streamedBody) return
    const { raw } = reply
    let finished = false
    raw.once('finish', () => {
      finished = true
    })
    raw.once('close', () => {
      // An answer that its client did not hear to the end.
      if (raw.headersSent && !finished) noteGone(request, reply)
    })
  })

  /** methods of each path; a caller's path is only ever looked up, never read as a pattern */
  const paths = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? new Set()
    paths.set(url, known)
    for (const one of [method].flat()) known.add(one)
  })
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = paths.get(request.url.split('?', 1)[0])
    if (!known) return sendProblem(new ServiceError('not_found'), request.id, reply)
    const allowed = [...known].sort().join(', ')
    reply.header('allow', allowed)
    return sendProblem(
      new ServiceError('method_not_allowed', { detail: `It has ${allowed}.` }),
      request.id,
      reply
    )
  }
  app.setNotFoundHandler(answer)
  // Before a body is read, which could have a fault of its own and would be of no use.
  app.addHook('preParsing', async (request, reply) => {
    if (request.is404) return answer(request, reply) as never
  })
}

/** Logs and counts a request whose client hung up: the hooks that do so for others do not see it. */
function noteGone(request: FastifyRequest, reply: FastifyReply): void {
  const { status } = errorTable.client_gone
  request.problem = 'client_gone'
  logRequest(request, status)
  countRequest(request, status, reply.elapsedTime)
}

/** Errors that are ours to mend. */
const faults: ReadonlySet<ErrorCode> = new Set(['internal', 'worker_crashed', 'jwks_unavailable'])

/** Answers with the problem document of an error. */
export function sendProblem(error: ServiceError, requestId: string, reply: FastifyReply): FastifyReply {
  reply.request.problem = error.code
  reply.header('x-request-id', requestId)
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
  if (error.challenge !== undefined) reply.header('www-authenticate', error.challenge)
  return reply
    .code(errorTable[error.code].status)
    .type('application/problem+json')
    .send(toProblem(error, requestId))
}

function classify(error: FastifyError, maxBodyBytes: number): ServiceError {
  if (error instanceof ServiceError) return error
  if (error.validation) return describeValidation(error.validation[0] as Fault)
  const code = frameworkErrors[error.code]
  if (code === 'body_too_large') {
    return new ServiceError(code, { detail: `The limit is ${maxBodyBytes} bytes.`, limit: maxBodyBytes })
  }
  if (code) return new ServiceError(code)
  // The client hung up while its body was read.
  if (error.code === 'ECONNRESET' || error.code === 'ECONNABORTED') return new ServiceError('client_gone')
  if (error.statusCode && error.statusCode < 500) return new ServiceError('malformed_request')
  return new ServiceError('internal', { cause: error })
}

export default fp(problemDetails, { name: 'problem-details' })
