import type { FastifyBaseLogger, FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type ErrorCode, errorTable } from '../errors.ts'
import type { Timings } from '../recognition/recognizer.ts'
import type { RequestFields } from '../schemas/log-line.ts'

/** What a route adds to the log line of its request: sizes and counts, never text. */
export interface WorkLog {
  documents: number
  characters: number
  entities: number
  /** documents of a batch that were not recognized, by the code of their error */
  failed?: Readonly<Partial<Record<ErrorCode, number>>>
  /** absent for a stream, whose documents have each their own */
  timings?: Timings
}

declare module 'fastify' {
  interface FastifyRequest {
    work: WorkLog | null
    /** bytes of the body as read */
    bodyBytes: number
  }
}

const quiet: ReadonlySet<string> = new Set([
  '/livez',
  '/readyz',
  '/startupz',
  '/metrics',
  '/playground/:file'
])

/** One line a request when it is answered; what comes every few seconds and files of the playground are logged at debug. */
async function requestLog(app: FastifyInstance): Promise<void> {
  app.decorateRequest('work', null)
  app.decorateRequest('bodyBytes', 0)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onSend', async (request, reply) => {
    const timings = request.work?.timings
    if (timings) reply.header('server-timing', serverTiming(timings))
  })
  app.addHook('onResponse', async (request, reply) =>
    logRequest(request, reply.statusCode, reply.elapsedTime)
  )
}

/** The line of a request; `milliseconds` is unknown when its client has gone. */
export function logRequest(request: FastifyRequest, status: number, milliseconds?: number): void {
  const level = quiet.has(request.routeOptions.url ?? '') ? 'debug' : 'info'
  request.log[level](describe(request, status, milliseconds), 'request')
}

/** The line of what was answered before it was a request that hooks see. */
export function logRefusal(log: FastifyBaseLogger, code: ErrorCode): void {
  log.info({ status: errorTable[code].status, code }, 'request')
}

/** The route's template, not the URL: a URL may hold anything. */
function describe(request: FastifyRequest, status: number, milliseconds: number | undefined): RequestFields {
  const { method, routeOptions, keyId, problem, bodyBytes, work } = request
  return {
    method,
    route: routeOptions.url ?? null,
    ...(keyId !== null && { key: keyId }),
    status,
    ...(problem && { code: problem }),
    ...(milliseconds !== undefined && { ms: round(milliseconds) }),
    bytes: bodyBytes,
    ...(work && {
      documents: work.documents,
      characters: work.characters,
      entities: work.entities,
      ...(work.failed && { failed: work.failed }),
      ...(work.timings && timingFields(work.timings))
    })
  }
}

function timingFields({
  tokens,
  cells,
  queue,
  pipeline,
  inference,
  decoding
}: Timings): Partial<RequestFields> {
  return {
    tokens,
    // cells that are no token are padding and separators
    cells,
    queueMs: round(queue),
    pipelineMs: round(pipeline),
    inferenceMs: round(inference),
    decodingMs: round(decoding)
  }
}

function serverTiming({ queue, pipeline, inference, decoding }: Timings): string {
  return Object.entries({ queue, pipeline, inference, decoding })
    .map(([stage, ms]) => `${stage};dur=${round(ms)}`)
    .join(', ')
}

/** Milliseconds as they are logged. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}

export default fp(requestLog, { name: 'request-log' })
