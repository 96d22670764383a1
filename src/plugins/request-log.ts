import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Timings } from '../recognition/recognizer.ts'

/** What a route adds to the log line of its request: sizes and counts, never text. */
export interface WorkLog {
  documents: number
  characters: number
  entities: number
  timings: Timings
}

declare module 'fastify' {
  interface FastifyRequest {
    work: WorkLog | null
  }
}

const quiet: ReadonlySet<string> = new Set(['/livez', '/readyz', '/startupz'])

/** One line a request when it is answered, or when its client has gone; probes are logged at debug. */
async function requestLog(app: FastifyInstance): Promise<void> {
  app.decorateRequest('work', null)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  app.addHook('onSend', async (request, reply) => {
    if (request.work) reply.header('server-timing', serverTiming(request.work.timings))
  })
  app.addHook('onResponse', async (request, reply) => {
    const level = quiet.has(request.routeOptions.url ?? '') ? 'debug' : 'info'
    request.log[level](
      { ...describe(request), status: reply.statusCode, ms: round(reply.elapsedTime) },
      'request'
    )
  })
  app.addHook('onRequestAbort', async request => {
    request.log.info(describe(request), 'client gone')
  })
}

/** The route's template, not the URL: a URL may hold anything. */
function describe(request: FastifyRequest): object {
  const { method, routeOptions, headers, work } = request
  return {
    method,
    route: routeOptions.url ?? null,
    bytes: Number(headers['content-length'] ?? 0),
    ...(work && {
      documents: work.documents,
      characters: work.characters,
      entities: work.entities,
      tokens: work.timings.tokens,
      queueMs: round(work.timings.queue),
      pipelineMs: round(work.timings.pipeline),
      inferenceMs: round(work.timings.inference),
      decodingMs: round(work.timings.decoding)
    })
  }
}

function serverTiming({ queue, pipeline, inference, decoding }: Timings): string {
  return Object.entries({ queue, pipeline, inference, decoding })
    .map(([stage, ms]) => `${stage};dur=${round(ms)}`)
    .join(', ')
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}

export default fp(requestLog, { name: 'request-log' })
