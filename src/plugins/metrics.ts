import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { type ErrorCode, errorTable } from '../errors.ts'
import type { ServiceMetrics } from '../metrics/service-metrics.ts'

declare module 'fastify' {
  interface FastifyInstance {
    metrics: ServiceMetrics
  }
}

/** Counts every request when it ends, and gives routes the metrics. */
async function metricsPlugin(app: FastifyInstance, { metrics }: { metrics: ServiceMetrics }): Promise<void> {
  app.decorate('metrics', metrics)
  app.addHook('onResponse', async (request, reply) =>
    countRequest(request, reply.statusCode, reply.elapsedTime)
  )
}

/** Counts a request that has ended after so many milliseconds. */
export function countRequest(request: FastifyRequest, status: number, milliseconds: number): void {
  const { method, routeOptions, problem, work } = request
  const { metrics } = request.server
  metrics.requestEnded({
    method,
    route: routeOptions.url,
    status,
    problem: problem ?? undefined,
    seconds: milliseconds / 1000
  })
  if (!work) return
  let recognized = work.documents
  for (const [code, count] of Object.entries(work.failed ?? {}) as [ErrorCode, number][]) {
    metrics.documentsEnded(code, count)
    recognized -= count
  }
  metrics.documentsEnded('recognized', recognized)
}

/** Counts what was refused before it was a request that hooks see. */
export function countRefusal({ metrics }: FastifyInstance, problem: ErrorCode): void {
  const { status } = errorTable[problem]
  metrics.requestEnded({ method: undefined, route: undefined, status, problem, seconds: 0 })
}

export default fp(metricsPlugin, { name: 'metrics', dependencies: ['problem-details', 'request-log'] })
