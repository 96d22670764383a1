import type { FastifyError, FastifyInstance, FastifyReply, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'
import { type ErrorCode, errorTable, ServiceError } from '../errors.ts'
import { toProblem } from '../schemas/problem.ts'
import { describeValidation, type Fault } from '../schemas/validation.ts'

/** Errors of the framework that are the caller's, in our table. */
const frameworkErrors: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_BAD_URL: 'malformed_request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json'
}

const methods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Every error leaves as application/problem+json from the table of errors, and none quotes the request. */
async function problemDetails(
  app: FastifyInstance,
  { maxBodyBytes }: { maxBodyBytes: number }
): Promise<void> {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = classify(error, maxBodyBytes)
    if (errorTable[known.code].status >= 500)
      request.log.error({ err: error.cause ?? error, code: known.code }, 'failed')
    return sendProblem(known, request.id, reply)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]
    const allowed = methods.filter(method => app.hasRoute({ url: path, method }))
    if (allowed.length === 0) return sendProblem(new ServiceError('not_found'), request.id, reply)
    reply.header('allow', allowed.join(', '))
    return sendProblem(
      new ServiceError('method_not_allowed', { detail: `It has ${allowed.join(', ')}.` }),
      request.id,
      reply
    )
  })
}

/** Answers with the problem document of an error. */
export function sendProblem(error: ServiceError, requestId: string, reply: FastifyReply): FastifyReply {
  if (error.retryAfter !== undefined) reply.header('retry-after', error.retryAfter)
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
  return code ? new ServiceError(code) : new ServiceError('internal', { cause: error })
}

export default fp(problemDetails, { name: 'problem-details' })
