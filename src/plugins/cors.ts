import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

const preflight = {
  'access-control-allow-methods': 'GET, HEAD, POST',
  'access-control-allow-headers': 'authorization, content-type, x-api-key, x-request-id',
  'access-control-max-age': '600'
}
const exposed =
  'ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after, server-timing, www-authenticate, x-request-id'

/**
 * Lets pages of these origins read answers. A browser asks first, without credentials: so this comes before access is
 * decided. Cookies mean nothing to the service and are never allowed.
 */
async function cors(app: FastifyInstance, { origins }: { origins: readonly string[] }): Promise<void> {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin')
    const { origin, 'access-control-request-method': asked } = request.headers
    if (origin === undefined || !origins.includes(origin)) return
    reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed })
    if (request.method !== 'OPTIONS' || asked === undefined) return
    return reply.headers(preflight).code(204).send()
  })
}

export default fp(cors, { name: 'cors' })
