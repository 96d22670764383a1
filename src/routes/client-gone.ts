import type { FastifyReply, FastifyRequest } from 'fastify'
import { ServiceError } from '../errors.ts'

/**
 * Aborts when the client hangs up before its answer is sent, so that its work is not started. The socket tells: the
 * framework's own signal aborts as soon as the body was read, and a response that waits for another one on the same
 * connection (pipelining) never hears of the end.
 */
export function clientGone(
  { raw: { socket } }: FastifyRequest,
  { raw: response }: FastifyReply
): AbortSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new ServiceError('client_gone'))
  if (socket.destroyed) abort()
  socket.once('close', abort)
  response.once('finish', () => socket.off('close', abort))
  return controller.signal
}
