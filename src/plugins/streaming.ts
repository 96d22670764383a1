import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Lets the body take as long as its reader has patience with its client. To be called when the request is taken on,
     * and not before: whoever is refused would hold the connection for as long as it sends.
     */
    takeAsStream(): void
  }
}

/** Connections over which a body is coming that may take as long as it likes. */
const streaming = new WeakSet<Socket>()

/** Whether what comes over a connection is a stream: that its client hangs up within it is no fault of form. */
export function isStreaming(socket: Socket): boolean {
  return streaming.has(socket)
}

/** Node ends requests that do not come in time and knows no exception: here is who is one. */
async function streamingPlugin(app: FastifyInstance): Promise<void> {
  app.decorateRequest('takeAsStream', function (this: FastifyRequest) {
    const { socket } = this.raw
    streaming.add(socket)
    // The connection outlives the request, and has many.
    this.raw.once('end', () => streaming.delete(socket))
  })
}

export default fp(streamingPlugin, { name: 'streaming' })
