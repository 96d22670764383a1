import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

/** Connections over which a body is coming that may take as long as it likes. */
const streaming = new WeakSet<Socket>()

/** Whether what comes over a connection is a stream: that its client hangs up within it is no fault of form. */
export function isStreaming(socket: Socket): boolean {
  return streaming.has(socket)
}

/**
 * Ends requests whose body does not come in time, as Node's own timeout would. Node knows no exception from that, and a
 * stream may last as long as its client keeps it going.
 */
async function bodyTimeout(app: FastifyInstance, { timeout }: { timeout: number }): Promise<void> {
  app.addHook('onRequest', async ({ raw, routeOptions }) => {
    if (!routeOptions.config?.streamedBody) return
    streaming.add(raw.socket)
    raw.once('end', () => streaming.delete(raw.socket))
  })
  // Also of what hooks do not see.
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.complete) return
    const timer = setTimeout(() => {
      if (request.complete || streaming.has(request.socket)) return
      const error = Object.assign(new Error('Request timeout'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
      app.server.emit('clientError', error, request.socket)
    }, timeout)
    timer.unref()
    const { socket } = request
    const clear = (): void => {
      clearTimeout(timer)
      // The connection outlives the request, and has many.
      socket.off('close', clear)
    }
    request.once('end', clear)
    response.once('close', () => {
      if (request.complete) clear()
    })
    socket.once('close', clear)
  })
}

export default fp(bodyTimeout, { name: 'body-timeout' })
