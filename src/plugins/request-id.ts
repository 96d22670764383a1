import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** The caller's id of a request, when it is one, for it is logged and echoed; else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const id = headers['x-request-id']
  return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : randomUUID()
}
