import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type Health, HealthSchema } from '../schemas/health.ts'
import { reference } from '../schemas/reference.ts'
import { problemResponses } from '../schemas/responses.ts'

/**
 * Probes. Liveness is that the process answers, whatever its load; readiness is that every worker has loaded its
 * model and passed the golden note and the service is not shutting down; startup is that it was ready once.
 */
export const healthRoutes: FastifyPluginAsyncTypebox<{ draining: () => boolean }> = async (
  app,
  { draining }
) => {
  const workers = (): Health['checks'][number] => {
    const { workers: all, readyWorkers, fault } = app.recognizer.health()
    const detail = `${readyWorkers} of ${all} workers are ready`
    return { name: 'workers', ok: readyWorkers === all, detail: fault ? `${detail}; ${fault}` : detail }
  }
  const probes: Record<string, { summary: string; checks: () => Health['checks'] }> = {
    livez: { summary: 'Whether the process answers', checks: () => [] },
    startupz: {
      summary: 'Whether the service has been ready once',
      checks: () => [{ ...workers(), name: 'started', ok: app.recognizer.health().started }]
    },
    readyz: {
      summary: 'Whether the service takes requests',
      checks: () => [
        workers(),
        { name: 'accepting', ok: !draining(), detail: draining() ? 'shutting down' : 'yes' }
      ]
    }
  }
  for (const [name, { summary, checks }] of Object.entries(probes)) {
    app.get(
      `/${name}`,
      {
        schema: {
          operationId: name,
          summary,
          tags: ['health'],
          response: { 200: reference(HealthSchema), 503: reference(HealthSchema), ...problemResponses() }
        }
      },
      async (_request, reply) => {
        const results = checks()
        const ok = results.every(check => check.ok)
        reply.code(ok ? 200 : 503)
        return { status: ok ? ('ok' as const) : ('unavailable' as const), checks: results }
      }
    )
  }
}
