import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problemResponses } from '../schemas/responses.ts'

/** GET /metrics: what the service has counted and is doing, for Prometheus. */
export const metricsRoute: FastifyPluginAsyncTypebox = async app => {
  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'metrics',
        summary: 'Metrics in the text format of Prometheus',
        tags: ['health'],
        response: {
          200: {
            description: 'Text format 0.0.4',
            content: { 'text/plain': { schema: Type.String() } }
          },
          ...problemResponses()
        }
      }
    },
    async (_request, reply) => {
      const { metrics, recognizer } = app
      reply.header('cache-control', 'no-store').type(metrics.contentType)
      return metrics.text(recognizer)
    }
  )
}
