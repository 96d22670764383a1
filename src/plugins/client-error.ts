import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { type ErrorCode, errorTable, ServiceError } from '../errors.ts'
import { toProblem } from '../schemas/problem.ts'
import { countRefusal } from './metrics.ts'
import { logRefusal } from './request-log.ts'
import type { Headers } from './security-headers.ts'
import { isStreaming } from './streaming.ts'

const TOO_SLOW = 'ERR_HTTP_REQUEST_TIMEOUT'

/** Codes of Node's parser and timeouts that have an error of their own. */
const codes: Readonly<Record<string, ErrorCode>> = {
  [TOO_SLOW]: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large'
}

/** Headers of what is answered on the bare socket. */
export const bareHeaders = { 'content-type': 'application/problem+json', connection: 'close' }

/** Time for a client to take its answer and close, before its connection is cut. */
const LINGER_MS = 500

/**
 * Answers what is not HTTP, or came too slowly, on the bare socket: after the answers to whole requests that came
 * before it on the same connection, which it must not take with it. Then the connection is closed, whether the client
 * closes its side or not.
 */
export function answerClientErrors(headers: Headers) {
  const seen = new WeakSet<Socket>()
  return function (this: FastifyInstance, error: Error & { code?: string }, socket: Socket): void {
    // A stream has a time limit of its own.
    if (error.code === TOO_SLOW && isStreaming(socket)) return
    // Any other error is of the connection, and within a stream its client has gone. Where a TLS handshake failed, an answer would wait for its end for ever.
    if (!/^(HPE|ERR_HTTP)_/.test(error.code ?? '') || !socket.writable || isStreaming(socket)) {
      socket.destroy()
      return
    }
    // Node tells again of a connection that sends more.
    if (seen.has(socket)) return
    seen.add(socket)
    const code = codes[error.code ?? ''] ?? 'malformed_request'
    whenAnswered(socket, () => {
      if (!socket.writable) return
      refused(this, code)
      end(socket, code, headers)
    })
  }
}

/** Notes what is answered before it is a request that hooks see. */
export function refused(app: FastifyInstance, code: ErrorCode, log = app.log): void {
  logRefusal(log, code)
  countRefusal(app, code)
}

/** Responses that are not finished, by their connection. */
const open = new WeakMap<Socket, Set<ServerResponse>>()

/** Remembers which responses are under way on which connection. */
export function watchResponses({ server }: FastifyInstance): void {
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = open.get(socket) ?? new Set()
    open.set(socket, responses.add(response))
    response.once('close', () => responses.delete(response))
  })
}

/** Calls back when every request that has come whole on a connection is answered. */
function whenAnswered(socket: Socket, callback: () => void): void {
  const whole = [...(open.get(socket) ?? [])].filter(({ req }) => req.complete)
  const last = whole.at(-1)
  if (last) last.once('close', callback)
  else callback()
}

function end(socket: Socket, code: ErrorCode, headers: Headers): void {
  const { status, title } = errorTable[code]
  const body = JSON.stringify(toProblem(new ServiceError(code)))
  const lines = Object.entries({ ...headers, ...bareHeaders, 'content-length': Buffer.byteLength(body) })
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
  )
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
}
