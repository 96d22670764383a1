import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  fastify,
  LogController
} from 'fastify'
import type { Config } from './config.ts'
import { type ErrorCode, errorTable, ServiceError } from './errors.ts'
import drain from './plugins/drain.ts'
import jsonBody from './plugins/json-body.ts'
import openapi from './plugins/openapi.ts'
import playground from './plugins/playground.ts'
import problemDetails, { sendProblem } from './plugins/problem-details.ts'
import recognizerPlugin from './plugins/recognizer.ts'
import requestLog from './plugins/request-log.ts'
import type { Recognizer } from './recognition/recognizer.ts'
import { batchRoute } from './routes/batch.ts'
import { healthRoutes } from './routes/health.ts'
import { modelRoutes } from './routes/models.ts'
import { nerRoute } from './routes/ner.ts'
import { namedSchemas } from './schemas/all.ts'
import { toProblem } from './schemas/problem.ts'

export interface AppDependencies {
  readonly recognizer: Recognizer
  readonly logger: FastifyBaseLogger
  readonly version: string
  /** the service is shutting down: it is not ready, but answers */
  readonly draining?: () => boolean
}

/** Longest time for a client to send the headers of a request, and how often that is checked. */
const HEADERS_TIMEOUT_MS = 3_000
const CHECK_INTERVAL_MS = 1_000

/** The one builder of the service, for the process and for every test. Does not listen. */
export async function buildApp(config: Config, dependencies: AppDependencies): Promise<FastifyInstance> {
  const { recognizer, logger, version, draining = () => false } = dependencies
  const app = fastify({
    requestTimeout: config.NER_REQUEST_TIMEOUT_MS,
    // Node closes nothing of its own accord below a minute: a client that drips bytes would hold its socket.
    http: {
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, config.NER_REQUEST_TIMEOUT_MS),
      requestTimeout: config.NER_REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
      requireHostHeader: false
    },
    // What comes on an open connection while the service shuts down is answered as anything else is.
    return503OnClosing: false,
    loggerInstance: logger,
    // Our own line a request is in plugins/request-log.ts.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: config.NER_MAX_BODY_BYTES,
    genReqId: request => acceptedId(request.headers['x-request-id']) ?? randomUUID(),
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply: FastifyReply) =>
      sendProblem(new ServiceError('malformed_request'), request.id, reply),
    // Nothing is coerced or dropped: a client should learn of its mistake.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } }
  }).withTypeProvider<TypeBoxTypeProvider>()

  // Node answers an unknown Expect header by itself, with an empty body.
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = toProblem(new ServiceError('expectation_failed'))
    app.log.info({ status: problem.status, code: problem.code }, 'request')
    response.writeHead(problem.status, { 'content-type': 'application/problem+json', connection: 'close' })
    response.end(JSON.stringify(problem))
  })
  for (const schema of namedSchemas) app.addSchema(schema)
  await app.register(problemDetails, { maxBodyBytes: config.NER_MAX_BODY_BYTES })
  await app.register(jsonBody)
  await app.register(requestLog)
  await app.register(drain, { draining })
  await app.register(openapi, { version })
  await app.register(playground)
  await app.register(recognizerPlugin, { recognizer })

  const limits = { maxTextLength: config.NER_MAX_TEXT_LENGTH, maxDocuments: config.NER_MAX_DOCUMENTS }
  await app.register(nerRoute, limits)
  await app.register(batchRoute, limits)
  await app.register(modelRoutes)
  await app.register(healthRoutes, { draining })
  return app
}

/** A caller's request id, when it is one: it is logged and echoed. */
function acceptedId(id: string | string[] | undefined): string | undefined {
  return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : undefined
}

/** Codes of Node's parser and timeouts that have an error of their own. */
const clientErrors: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large'
}

/** Answers what is not HTTP, or came too slowly, on the bare socket. */
function answerClientError(this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = clientErrors[error.code ?? ''] ?? 'malformed_request'
  const { status, title } = errorTable[code]
  this.log.info({ status, code }, 'request')
  const body = JSON.stringify(toProblem(new ServiceError(code)))
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  )
}
