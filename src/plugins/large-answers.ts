import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { writeJson } from '../json-pieces.ts'

/** Characters of the texts of a request from which on its answer is large: it may have a thousand entities. */
const LARGE = 16_384

/**
 * Writes large answers in pieces, so that others are served between them; the framework would write them in one go,
 * which takes some hundred milliseconds for a note of a megabyte.
 */
async function largeAnswers(app: FastifyInstance): Promise<void> {
  app.addHook('preSerialization', (request, reply, payload, done) => {
    if (typeof payload !== 'object' || payload === null || (request.work?.characters ?? 0) < LARGE) {
      done(null, payload)
      return
    }
    writeJson(payload).then(written => {
      // Bytes are as good as a string here; only the type knows nothing of them.
      reply.serializer(() => written as unknown as string)
      done(null, payload)
    }, done)
  })
}

export default fp(largeAnswers, { name: 'large-answers', dependencies: ['request-log'] })
