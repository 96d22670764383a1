import type { onRequestAsyncHookHandler } from 'fastify'

/**
 * Refuses a request before its body is read when it would be refused anyway: under overload, reading what is then
 * thrown away would take the time that answers need.
 */
export const shed: onRequestAsyncHookHandler = async function (request) {
  this.recognizer.checkAdmission(Number(request.headers['content-length'] ?? 0))
}
