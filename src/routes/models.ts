import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { LabelsResponseSchema, ModelsResponseSchema } from '../schemas/model.ts'
import { reference } from '../schemas/reference.ts'
import { accessErrors, problemResponses } from '../schemas/responses.ts'
import { toIdentity } from './identity.ts'

/** GET /models and GET /labels: what is served. */
export const modelRoutes: FastifyPluginAsyncTypebox = async app => {
  const { model } = app.recognizer
  const { description, license, language, labels, training } = model.manifest
  const identity = toIdentity(model)

  app.get(
    '/models',
    {
      schema: {
        operationId: 'listModels',
        summary: 'The models that are served',
        tags: ['models'],
        response: { 200: reference(ModelsResponseSchema), ...problemResponses(...accessErrors) }
      }
    },
    async () => ({ models: [{ ...identity, description, license, language, labels, training }] })
  )
  app.get(
    '/labels',
    {
      schema: {
        operationId: 'listLabels',
        summary: 'The labels that entities can have',
        tags: ['models'],
        response: { 200: reference(LabelsResponseSchema), ...problemResponses(...accessErrors) }
      }
    },
    async () => ({ model: identity, labels })
  )
}
