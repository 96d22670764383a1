import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { toRecognized } from '../recognition/recognized.ts'
import { NerRequestSchema, NerResponseSchema } from '../schemas/ner.ts'
import { reference } from '../schemas/reference.ts'
import { accessErrors, bodyErrors, problemResponses, recognitionErrors } from '../schemas/responses.ts'
import { clientGone } from './client-gone.ts'
import { toIdentity } from './identity.ts'
import { checkLabels, checkLength, type RequestLimits } from './limits.ts'
import { shed } from './shed.ts'

/** POST /ner: the entities of one text. */
export const nerRoute: FastifyPluginAsyncTypebox<RequestLimits> = async (app, { maxTextLength }) => {
  const { model } = app.recognizer
  app.post(
    '/ner',
    {
      onRequest: shed,
      config: { refusedEarly: true },
      schema: {
        operationId: 'recognize',
        summary: 'Find the entities of one text',
        tags: ['recognition'],
        body: reference(NerRequestSchema),
        response: {
          200: reference(NerResponseSchema),
          ...problemResponses(...accessErrors, ...bodyErrors, ...recognitionErrors)
        }
      }
    },
    async (request, reply) => {
      const { text, options } = request.body
      const { offsetUnit = 'utf16' } = options ?? {}
      checkLength(text, maxTextLength, '/text')
      checkLabels(options, model.manifest.labels)
      const { outcomes, timings } = await app.recognizer.recognize(
        [{ text, options }],
        clientGone(request, reply)
      )
      const [outcome] = outcomes
      if ('error' in outcome) throw outcome.error
      const recognized = toRecognized(text, outcome.analyzed, offsetUnit)
      request.work = { documents: 1, characters: text.length, entities: recognized.entities.length, timings }
      return { model: toIdentity(model), offsetUnit, ...recognized }
    }
  )
}
