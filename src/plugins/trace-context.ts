import { randomBytes } from 'node:crypto'
import { isSpanContextValid, trace } from '@opentelemetry/api'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { TraceFields } from '../schemas/log-line.ts'
import { parseTraceparent } from '../trace-context.ts'

/**
 * Every line of a request says where it stands in the trace of its caller, or begins a trace. The service calls nobody,
 * so nothing is passed on.
 */
async function traceContext(app: FastifyInstance): Promise<void> {
  app.addHook('onRequest', async request => {
    request.log = request.log.child(traceFields(request.headers.traceparent))
  })
}

/** Ids of the span that an OpenTelemetry SDK has opened, where one is loaded; else of one that exists in the log only. */
function traceFields(header: string | string[] | undefined): TraceFields {
  const parent = typeof header === 'string' ? parseTraceparent(header) : undefined
  const active = trace.getActiveSpan()?.spanContext()
  const { traceId, spanId } =
    active && isSpanContextValid(active)
      ? active
      : { traceId: parent?.traceId ?? randomId(16), spanId: randomId(8) }
  return {
    trace_id: traceId,
    span_id: spanId,
    ...(parent?.traceId === traceId && { parent_id: parent.parentId })
  }
}

function randomId(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

export default fp(traceContext, { name: 'trace-context' })
