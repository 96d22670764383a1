import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Recognizer } from '../recognition/recognizer.ts'

declare module 'fastify' {
  interface FastifyInstance {
    recognizer: Recognizer
  }
}

/** Gives routes the recognizer, and closes it when every request is answered. */
async function recognizerPlugin(
  app: FastifyInstance,
  { recognizer }: { recognizer: Recognizer }
): Promise<void> {
  app.decorate('recognizer', recognizer)
  app.addHook('onClose', () => recognizer.close())
}

export default fp(recognizerPlugin, { name: 'recognizer' })
