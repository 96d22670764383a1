import { type Static, Type } from 'typebox'
import { EntitySchema, RelationSchema, SpanSchema, WarningSchema } from './entity.ts'
import { ModelIdentitySchema } from './model.ts'
import { OptionsSchema } from './options.ts'
import { ProblemSchema } from './problem.ts'
import { reference } from './reference.ts'

const exampleText =
  'CHIEF COMPLAINT: Chest pain.\nMs. Okafor is a 58-year-old woman with hypertension who denies fever. ' +
  'She takes lisinopril 10 mg p.o. daily. BP 142/88, pulse 84. ALLERGIES: Penicillin.'

const TextSchema = Type.String({
  minLength: 1,
  description:
    'A clinical note or any part of one, in English. Offsets of the answer count in it as it stands.'
})

export const NerRequestSchema = Type.Object(
  { text: TextSchema, options: Type.Optional(reference(OptionsSchema)) },
  {
    $id: 'NerRequest',
    additionalProperties: false,
    examples: [
      { text: exampleText },
      { text: exampleText, options: { include: ['assertion', 'section', 'relations'] } }
    ]
  }
)

/** What is found in one text. */
const recognized = {
  entities: Type.Array(reference(EntitySchema), {
    description: 'In the order of the text; they never overlap.'
  }),
  relations: Type.Optional(
    Type.Array(reference(RelationSchema), {
      description:
        'Each dependent has one head at most. A relation is returned when both of its entities are.'
    })
  ),
  sentences: Type.Optional(Type.Array(reference(SpanSchema))),
  tokens: Type.Optional(Type.Array(reference(SpanSchema))),
  warnings: Type.Optional(Type.Array(reference(WarningSchema)))
}

export const NerResponseSchema = Type.Object(
  { model: reference(ModelIdentitySchema), ...recognized },
  { $id: 'NerResponse', additionalProperties: false }
)

export const DocumentSchema = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 256 }), text: TextSchema },
  { $id: 'Document', additionalProperties: false }
)

export const BatchRequestSchema = Type.Object(
  {
    documents: Type.Array(reference(DocumentSchema), { minItems: 1 }),
    options: Type.Optional(reference(OptionsSchema))
  },
  {
    $id: 'BatchRequest',
    additionalProperties: false,
    examples: [
      {
        documents: [
          { id: 'note-1', text: exampleText },
          { id: 'note-2', text: 'No known drug allergies. Metformin 500 mg b.i.d.' }
        ]
      }
    ]
  }
)

/** What must hold for the request as a whole; a document at fault is reported among the errors. */
export const BatchEnvelopeSchema = Type.Object(
  { documents: Type.Array(Type.Unknown(), { minItems: 1 }), options: Type.Optional(OptionsSchema) },
  { additionalProperties: false }
)

export const DocumentResultSchema = Type.Object(
  { id: Type.String(), ...recognized },
  { $id: 'DocumentResult', additionalProperties: false }
)

export const BatchResponseSchema = Type.Object(
  {
    model: reference(ModelIdentitySchema),
    documents: Type.Array(reference(DocumentResultSchema), {
      description: 'The documents that were recognized, in the order of the request.'
    }),
    errors: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0, description: 'Position of the document in the request.' }),
          id: Type.Optional(Type.String({ description: 'Its id, when it had a valid one.' })),
          problem: reference(ProblemSchema)
        },
        { additionalProperties: false }
      ),
      { description: 'The documents that were not, each with its reason.' }
    )
  },
  { $id: 'BatchResponse', additionalProperties: false }
)

export type NerResponse = Static<typeof NerResponseSchema>
export type Recognized = Omit<NerResponse, 'model'>
export type BatchResponse = Static<typeof BatchResponseSchema>
export type Document = Static<typeof DocumentSchema>
