import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/**
 * While the service is shutting down every answer closes its connection: one that stayed open for a next request
 * would hold up the end.
 */
async function drain(app: FastifyInstance, { draining }: { draining: () => boolean }): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    if (draining()) reply.header('connection', 'close')
  })
}

export default fp(drain, { name: 'drain' })
