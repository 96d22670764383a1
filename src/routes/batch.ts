import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type ErrorCode, ServiceError } from '../errors.ts'
import { toRecognized } from '../recognition/recognized.ts'
import {
  BatchEnvelopeSchema,
  BatchRequestSchema,
  type BatchResponse,
  BatchResponseSchema,
  type Document,
  DocumentSchema
} from '../schemas/ner.ts'
import { toProblem } from '../schemas/problem.ts'
import { reference } from '../schemas/reference.ts'
import { accessErrors, bodyErrors, problemResponses, recognitionErrors } from '../schemas/responses.ts'
import { describeValidation, type Fault } from '../schemas/validation.ts'
import { clientGone } from './client-gone.ts'
import { toIdentity } from './identity.ts'
import { checkLabels, checkLength, type RequestLimits } from './limits.ts'
import { shed } from './shed.ts'

/** POST /ner/batch: the entities of many texts; a document at fault never fails the others. */
export const batchRoute: FastifyPluginAsyncTypebox<RequestLimits> = async (app, limits) => {
  const { model } = app.recognizer
  app.post(
    '/ner/batch',
    {
      onRequest: shed,
      schema: {
        operationId: 'recognizeBatch',
        summary: 'Find the entities of many texts',
        description:
          'Each document of the request is in exactly one of `documents` and `errors` of the response.',
        tags: ['recognition'],
        body: BatchEnvelopeSchema,
        response: {
          200: reference(BatchResponseSchema),
          ...problemResponses(...accessErrors, ...bodyErrors, ...recognitionErrors)
        }
      },
      config: { refusedEarly: true, documentedBody: reference(BatchRequestSchema) }
    },
    async (request, reply) => {
      const { documents, options } = request.body
      const { offsetUnit = 'utf16' } = options ?? {}
      if (documents.length > limits.maxDocuments) {
        throw new ServiceError('invalid_request', {
          detail: `/documents has ${documents.length} members; the limit is ${limits.maxDocuments}.`,
          pointer: '/documents',
          limit: limits.maxDocuments
        })
      }
      checkLabels(options, model.manifest.labels)
      const checked = checkDocuments(
        documents,
        {
          id: request.compileValidationSchema(DocumentSchema.properties.id),
          document: request.compileValidationSchema(DocumentSchema)
        },
        limits.maxTextLength
      )
      const valid = checked.filter(one => 'document' in one)
      const { outcomes, timings } = await app.recognizer.recognize(
        valid.map(({ document: { text } }) => ({ text, options })),
        clientGone(request, reply)
      )
      const response: BatchResponse = { model: toIdentity(model), offsetUnit, documents: [], errors: [] }
      const failed: Partial<Record<ErrorCode, number>> = {}
      const fail = (index: number, id: string | undefined, error: ServiceError): void => {
        failed[error.code] = (failed[error.code] ?? 0) + 1
        response.errors.push({ index, ...(id !== undefined && { id }), problem: toProblem(error) })
      }
      let next = 0
      for (const [index, one] of checked.entries()) {
        if ('error' in one) {
          fail(index, one.id, one.error)
          continue
        }
        const { id, text } = one.document
        const outcome = outcomes[next++]
        if ('error' in outcome) fail(index, id, outcome.error)
        else response.documents.push({ id, ...toRecognized(text, outcome.analyzed, offsetUnit) })
      }
      request.work = {
        documents: documents.length,
        characters: valid.reduce((sum, { document: { text } }) => sum + text.length, 0),
        entities: response.documents.reduce((sum, { entities }) => sum + entities.length, 0),
        ...(response.errors.length > 0 && { failed }),
        timings
      }
      return response
    }
  )
}

type Validator = ReturnType<FastifyRequest['compileValidationSchema']>

type Checked = { document: Document } | { id: string | undefined; error: ServiceError }

/** Each document, or why it is not one. The first use of an id counts, also by a document that is at fault. */
function checkDocuments(
  documents: readonly unknown[],
  validators: { readonly id: Validator; readonly document: Validator },
  maxTextLength: number
): Checked[] {
  const ids = new Set<string>()
  return documents.map((value): Checked => {
    const named = (value ?? {}) as { id?: unknown }
    const id = validators.id(named.id) ? (named.id as string) : undefined
    if (id !== undefined && ids.has(id))
      return { id, error: new ServiceError('duplicate_id', { pointer: '/id' }) }
    if (id !== undefined) ids.add(id)
    if (!validators.document(value)) {
      return { id, error: describeValidation(validators.document.errors?.[0] as Fault, 'The document') }
    }
    try {
      checkLength((value as Document).text, maxTextLength, '/text')
    } catch (error) {
      if (error instanceof ServiceError) return { id, error }
      throw error
    }
    return { document: value as Document }
  })
}
