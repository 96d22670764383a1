import { type Static, Type } from 'typebox'
import { DocumentSchema, NerRequestSchema, NerResponseSchema } from './ner.ts'
import { ProblemSchema } from './problem.ts'
import { reference } from './reference.ts'

const IndexSchema = Type.Integer({
  minimum: 0,
  description: 'Number of the line of the document, from 0; empty lines count.'
})

const exampleDocument = { id: 'note-1', text: 'No known drug allergies. Metformin 500 mg b.i.d.' }

/** A line of the request. */
export const StreamDocumentSchema = Type.Object(
  { id: Type.Optional(DocumentSchema.properties.id), ...NerRequestSchema.properties },
  {
    $id: 'StreamDocument',
    additionalProperties: false,
    examples: [exampleDocument]
  }
)

/** The request as a whole: OpenAPI 3.1 has no words for lines of JSON. */
export const StreamRequestSchema = Type.String({
  $id: 'StreamRequest',
  description: 'NDJSON: a `StreamDocument` a line.',
  contentMediaType: 'application/x-ndjson',
  contentSchema: reference(StreamDocumentSchema),
  examples: [`${JSON.stringify(exampleDocument)}\n`]
})

export const StreamResultSchema = Type.Object(
  { index: IndexSchema, id: Type.Optional(Type.String()), ...NerResponseSchema.properties },
  { $id: 'StreamResult', additionalProperties: false }
)

export const StreamErrorSchema = Type.Object(
  {
    index: IndexSchema,
    id: Type.Optional(Type.String({ description: 'Its id, when it had a valid one.' })),
    problem: reference(ProblemSchema)
  },
  { $id: 'StreamError', additionalProperties: false }
)

/** A line of the answer. */
export const StreamLineSchema = Type.Union([reference(StreamResultSchema), reference(StreamErrorSchema)], {
  $id: 'StreamLine',
  description: 'One for each document, as soon as it is ready.'
})

export type StreamDocument = Static<typeof StreamDocumentSchema>
export type StreamResult = Static<typeof StreamResultSchema>
export type StreamError = Static<typeof StreamErrorSchema>
