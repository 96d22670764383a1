import { type Static, Type } from 'typebox'

export const SpanSchema = Type.Object(
  {
    start: Type.Integer({
      minimum: 0,
      description: 'First unit (`offsetUnit`), counted in the text as received.'
    }),
    end: Type.Integer({ minimum: 0, description: 'The unit after the last one.' })
  },
  { $id: 'Span', additionalProperties: false }
)

export const EntitySchema = Type.Object(
  {
    ...SpanSchema.properties,
    text: Type.String({ description: 'The characters from start to end.' }),
    label: Type.String({ description: 'One of GET /labels.' }),
    confidence: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Probability under the model that exactly this span is an entity of this label.'
    })
  },
  { $id: 'Entity', additionalProperties: false }
)

export const WarningSchema = Type.Object(
  {
    code: Type.Literal('sentence_split', {
      description:
        'No sentence end was found for 512 tokens; the text was read in parts and nothing was left out.'
    }),
    ...SpanSchema.properties
  },
  { $id: 'Warning', additionalProperties: false }
)

export type Entity = Static<typeof EntitySchema>
