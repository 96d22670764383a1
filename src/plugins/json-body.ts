import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { ServiceError } from '../errors.ts'
import { countRead, countWritten } from '../member-counts.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body is NDJSON and is read by the route itself, as it comes; not JSON. */
    streamedBody?: boolean
  }
}

/**
 * Bodies are JSON in UTF-8, or NDJSON where a route streams it, and nothing else. Invalid UTF-8 is refused, since
 * decoding would replace it and shift offsets. So is a member that comes twice in one object: readers of JSON differ in
 * which they take, and of two notes one would be lost without a word. The parser's own message is dropped, since it quotes
 * the body.
 */
async function jsonBody(app: FastifyInstance): Promise<void> {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer
    request.bodyBytes = bytes.length
    const fault = isStreamed(request) ? STREAMED_ONLY : encodingFault(request.headers)
    if (fault) return done(new ServiceError('unsupported_media_type', { detail: fault }))
    if (bytes.length === 0) return done(new ServiceError('invalid_json', { detail: 'The body is empty.' }))
    if (!isUtf8(bytes)) return done(new ServiceError('invalid_encoding'))
    const json = bytes.toString('utf8')
    parse(request, json, (error, value) => {
      if (error) return done(new ServiceError('invalid_json'))
      if (countWritten(json) === countRead(value)) return done(null, value)
      done(new ServiceError('invalid_json', { detail: 'An object has a member twice.' }))
    })
  })
  app.addContentTypeParser('application/x-ndjson', (request, payload, done) => {
    const fault = isStreamed(request) ? encodingFault(request.headers) : WHOLE_ONLY
    if (fault) done(new ServiceError('unsupported_media_type', { detail: fault }))
    else done(null, payload)
  })
}

const STREAMED_ONLY = 'Send application/x-ndjson.'
const WHOLE_ONLY = 'Send application/json.'

function isStreamed({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.streamedBody ?? false
}

/** Why the body cannot be read as UTF-8 as it stands, when its headers say so. */
function encodingFault(headers: FastifyRequest['headers']): string | undefined {
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return 'Compressed bodies are not read.'
  const charset = /charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  return /^utf-?8$/i.test(charset) ? undefined : 'The charset must be UTF-8.'
}

export default fp(jsonBody, { name: 'json-body' })
