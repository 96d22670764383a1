import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  fastify,
  LogController
} from 'fastify'
import { asksForCredentials, type Config, setting } from './config.ts'
import { ServiceError } from './errors.ts'
import { ServiceMetrics } from './metrics/service-metrics.ts'
import access, { type AccessOptions } from './plugins/access.ts'
import { answerClientErrors, bareHeaders, refused, watchResponses } from './plugins/client-error.ts'
import cors from './plugins/cors.ts'
import drain from './plugins/drain.ts'
import earlyRefusal from './plugins/early-refusal.ts'
import jsonBody from './plugins/json-body.ts'
import largeAnswers from './plugins/large-answers.ts'
import metricsPlugin from './plugins/metrics.ts'
import openapi from './plugins/openapi.ts'
import playground from './plugins/playground.ts'
import problemDetails, { sendProblem } from './plugins/problem-details.ts'
import recognizerPlugin from './plugins/recognizer.ts'
import { requestIdOf } from './plugins/request-id.ts'
import requestLog from './plugins/request-log.ts'
import security, { securityHeaders } from './plugins/security-headers.ts'
import streaming from './plugins/streaming.ts'
import traceContext from './plugins/trace-context.ts'
import type { Recognizer } from './recognition/recognizer.ts'
import { batchRoute } from './routes/batch.ts'
import { healthRoutes } from './routes/health.ts'
import { metricsRoute } from './routes/metrics.ts'
import { modelRoutes } from './routes/models.ts'
import { nerRoute } from './routes/ner.ts'
import { streamRoute } from './routes/stream.ts'
import { namedSchemas } from './schemas/all.ts'
import { toProblem } from './schemas/problem.ts'
import { readTlsFiles, type TlsFiles } from './tls.ts'

export interface AppDependencies {
  readonly recognizer: Recognizer
  readonly logger: FastifyBaseLogger
  readonly version: string
  /** those that the recognizer reports to, where it reports to any */
  readonly metrics?: ServiceMetrics
  /** the service is shutting down: it is not ready, but answers */
  readonly draining?: () => boolean
}

/** Longest time for a client to send the headers of a request. */
const HEADERS_TIMEOUT_MS = 3_000
/** How often it is looked who is too slow: by so much longer may one take. */
const CHECK_INTERVAL_MS = 250

/** The one builder of the service, for the process and for every test. Does not listen. */
export async function buildApp(config: Config, dependencies: AppDependencies): Promise<FastifyInstance> {
  const { recognizer, logger, version, draining = () => false } = dependencies
  const tls = tlsFiles(config)
  const headers = securityHeaders(tls !== undefined)
  // Node closes nothing of its own accord below a minute: a client that drips bytes would hold its socket.
  const headersTimeout = Math.min(HEADERS_TIMEOUT_MS, config.NER_REQUEST_TIMEOUT_MS)
  // Of a whole request from its first byte on, so that slow headers and a slow body do not add up.
  const requestTimeout = config.NER_REQUEST_TIMEOUT_MS
  const http = {
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    requireHostHeader: false
  }
  const { metrics = new ServiceMetrics(recognizer.model) } = dependencies
  const app = fastify({
    requestTimeout,
    ...(tls
      ? { https: { ...http, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: headersTimeout } }
      : { http }),
    // What comes on an open connection while the service shuts down is answered as anything else is.
    return503OnClosing: false,
    loggerInstance: logger,
    // Our own line a request is in plugins/request-log.ts.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: config.NER_MAX_BODY_BYTES,
    genReqId: requestIdOf,
    clientErrorHandler: answerClientErrors(headers),
    frameworkErrors: (_error, request, reply: FastifyReply) => {
      refused(app, 'malformed_request', request.log)
      return sendProblem(new ServiceError('malformed_request'), request.id, reply.headers(headers))
    },
    // Nothing is coerced or dropped: a client should learn of its mistake.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } }
  }).withTypeProvider<TypeBoxTypeProvider>()

  watchResponses(app)
  // Node answers an unknown Expect header by itself, with an empty body.
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const problem = toProblem(new ServiceError('expectation_failed'))
    refused(app, problem.code)
    const body = JSON.stringify(problem)
    response.writeHead(problem.status, {
      ...headers,
      ...bareHeaders,
      'content-length': Buffer.byteLength(body)
    })
    response.end(body)
  })
  for (const schema of namedSchemas) app.addSchema(schema)
  await app.register(problemDetails, { maxBodyBytes: config.NER_MAX_BODY_BYTES })
  await app.register(jsonBody)
  await app.register(streaming)
  await app.register(traceContext)
  await app.register(requestLog)
  await app.register(security, { headers })
  const origins = setting(config.NER_CORS_ORIGINS)?.split(',')
  if (origins) await app.register(cors, { origins })
  const asked = accessOptions(config)
  await app.register(access, asked)
  await app.register(metricsPlugin, { metrics })
  await app.register(largeAnswers)
  await app.register(drain, { draining })
  await app.register(openapi, {
    version,
    needs: asked.needs,
    closed: asksForCredentials(config),
    labels: recognizer.model.manifest.labels
  })
  await app.register(playground)
  await app.register(recognizerPlugin, { recognizer })
  await app.register(earlyRefusal, { headers, draining })

  const limits = { maxTextLength: config.NER_MAX_TEXT_LENGTH, maxDocuments: config.NER_MAX_DOCUMENTS }
  await app.register(nerRoute, limits)
  await app.register(batchRoute, limits)
  await app.register(streamRoute, {
    maxTextLength: config.NER_MAX_TEXT_LENGTH,
    maxLineBytes: config.NER_MAX_BODY_BYTES,
    maxStreams: config.NER_MAX_STREAMS,
    idle: config.NER_STREAM_IDLE_MS,
    patience: config.NER_DEADLINE_MS
  })
  await app.register(modelRoutes)
  await app.register(metricsRoute)
  await app.register(healthRoutes, { draining })
  return app
}

function tlsFiles({ NER_TLS_CERT_FILE, NER_TLS_KEY_FILE }: Config): TlsFiles | undefined {
  const cert = setting(NER_TLS_CERT_FILE)
  const key = setting(NER_TLS_KEY_FILE)
  return cert && key ? readTlsFiles(cert, key) : undefined
}

/** What the configuration asks of callers. */
function accessOptions(config: Config): AccessOptions {
  const keyFile = setting(config.NER_API_KEYS_FILE)
  const jwks = setting(config.NER_JWT_JWKS)
  return {
    ...(keyFile && { keyFile }),
    ...(jwks && {
      tokens: {
        jwks,
        issuer: config.NER_JWT_ISSUER,
        audience: config.NER_JWT_AUDIENCE,
        clockSkew: config.NER_JWT_CLOCK_SKEW_S
      }
    }),
    needs: { docs: config.NER_DOCS_ACCESS, metrics: config.NER_METRICS_ACCESS }
  }
}
