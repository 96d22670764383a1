import { randomFillSync } from 'node:crypto'
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
export function traceFields(header: string | string[] | undefined): TraceFields {
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

/** Drawn for many ids at once: a draw costs more than all else that a header does. */
const drawn = Buffer.alloc(4096)
let used = drawn.length

function randomId(bytes: number): string {
  if (used + bytes > drawn.length) {
    randomFillSync(drawn)
    used = 0
  }
  used += bytes
  return drawn.toString('hex', used - bytes, used)
}

export default fp(traceContext, { name: 'trace-context' })
