import type { ServerResponse } from 'node:http'
import { ServiceError } from '../errors.ts'

/**
 * Aborts when the client hangs up before its answer is sent, so that its work is not started. (The framework's own
 * request signal aborts as soon as the body was read.)
 */
export function clientGone(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort(new ServiceError('client_gone'))
  })
  return controller.signal
}
