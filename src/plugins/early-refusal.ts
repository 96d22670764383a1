import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { ServiceError } from '../errors.ts'
import { toProblem } from '../schemas/problem.ts'
import { requestIdOf } from './request-id.ts'
import { round } from './request-log.ts'
import type { Headers } from './security-headers.ts'
import { traceFields } from './trace-context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Under overload a request is refused before the framework takes it up. */
    refusedEarly?: true
  }
}

interface EarlyRefusalOptions {
  readonly headers: Headers
  readonly draining: () => boolean
}

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

/**
 * Refuses, under overload, what the route would refuse, with the same answer, log line and counts, but before hooks,
 * credentials and body: at ten times what can be done, nine requests of ten end here, and the framework's way takes from
 * the workers several times what this takes. Others than such POST requests of programs go that way.
 */
async function earlyRefusal(app: FastifyInstance, { headers, draining }: EarlyRefusalOptions): Promise<void> {
  const routes = new Set<string>()
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.refusedEarly) routes.add(url)
  })

  function refuse(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '' } = request
    // A browser's page may read the answer only with headers of its own, and while it drains answers end connections.
    if (method !== 'POST' || !routes.has(url) || request.headers.origin !== undefined || draining())
      return false
    const start = performance.now()
    const error = overload(app, request)
    if (!error) return false
    const requestId = requestIdOf(request)
    const problem = toProblem(error, requestId)
    const { status, retryAfter = 1 } = problem
    const body = JSON.stringify(problem)
    response.writeHead(status, {
      ...headers,
      'x-request-id': requestId,
      'retry-after': String(retryAfter),
      'content-type': PROBLEM_TYPE,
      'content-length': Buffer.byteLength(body)
    })
    response.end(body)
    const milliseconds = performance.now() - start
    app.log.info(
      {
        requestId,
        ...traceFields(request.headers.traceparent),
        method,
        route: url,
        status,
        code: error.code,
        ms: round(milliseconds),
        bytes: 0
      },
      'request'
    )
    app.metrics.requestEnded({
      method,
      route: url,
      status,
      problem: error.code,
      seconds: milliseconds / 1000
    })
    return true
  }

  // The framework's own listener, and those that watch: what is refused is answered before anything else can come.
  const listeners = app.server.listeners('request') as RequestListener[]
  app.server.removeAllListeners('request')
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (refuse(request, response)) return
    for (const listener of listeners) listener.call(app.server, request, response)
  })
}

function overload(app: FastifyInstance, { headers }: IncomingMessage): ServiceError | undefined {
  try {
    app.recognizer.checkAdmission(Number(headers['content-length'] ?? 0))
    return undefined
  } catch (error) {
    // Anything else is for the route to find.
    return error instanceof ServiceError && error.code === 'overloaded' ? error : undefined
  }
}

export default fp(earlyRefusal, { name: 'early-refusal', dependencies: ['metrics', 'recognizer'] })
