import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

export type Headers = Readonly<Record<string, string>>

/**
 * Headers of every answer, for a service that has no pages: nothing is kept, framed, sniffed or run. A route that does
 * have a page sets a Content-Security-Policy of its own.
 */
export function securityHeaders(tls: boolean): Headers {
  return {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(tls && { 'strict-transport-security': 'max-age=31536000' })
  }
}

/** Set before anything else is done, so that whoever answers may replace one. */
async function security(app: FastifyInstance, { headers }: { headers: Headers }): Promise<void> {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
}

export default fp(security, { name: 'security-headers' })
