import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { ServiceError } from '../errors.ts'

/**
 * Bodies are JSON in UTF-8 and nothing else. Invalid UTF-8 is refused, since decoding would replace it and shift
 * offsets; the parser's own message is dropped, since it quotes the body.
 */
async function jsonBody(app: FastifyInstance): Promise<void> {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer
    if (bytes.length === 0) return done(new ServiceError('invalid_json', { detail: 'The body is empty.' }))
    if (!isUtf8(bytes)) return done(new ServiceError('invalid_encoding'))
    parse(request, bytes.toString('utf8'), (error, value) => {
      if (error) done(new ServiceError('invalid_json'))
      else done(null, value)
    })
  })
}

export default fp(jsonBody, { name: 'json-body' })
