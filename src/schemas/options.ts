import { type Static, Type } from 'typebox'

/** What rules make of the entities of a text. */
export const contextExtras = ['assertion', 'section', 'relations'] as const
/** What an answer can hold besides entities. */
export const extras = ['sentences', 'tokens', ...contextExtras] as const

/** What a caller may ask of a recognition. */
export const OptionsSchema = Type.Object(
  {
    labels: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
        description:
          'Return only entities of these labels. GET /labels lists them; an unknown one is an error.'
      })
    ),
    minConfidence: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Return only entities of at least this confidence.'
      })
    ),
    include: Type.Optional(
      Type.Array(Type.Enum(extras), {
        uniqueItems: true,
        description:
          'Return also: `sentences`, `tokens`, the spans that the model saw; `assertion`, whether each symptom, ' +
          'diagnosis, drug and procedure is present, absent or possible, and by which words; `section`, the header ' +
          'that governs each entity; `relations`, which dosage, route and frequency belong to which drug and which ' +
          'result to which test. The last three are rules over all entities of the text, those included that ' +
          '`labels` or `minConfidence` leave out.',
        examples: [['assertion', 'section', 'relations']]
      })
    )
  },
  { $id: 'RecognitionOptions', additionalProperties: false }
)

export type RecognitionOptions = Static<typeof OptionsSchema>
