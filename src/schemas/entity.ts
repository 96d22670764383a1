import { type Static, Type } from 'typebox'
import { reference } from './reference.ts'

export const SpanSchema = Type.Object(
  {
    start: Type.Integer({
      minimum: 0,
      description: 'First UTF-16 code unit, counted in the text as received.'
    }),
    end: Type.Integer({ minimum: 0, description: 'The unit after the last one.' })
  },
  { $id: 'Span', additionalProperties: false }
)

/** A passage of the text, with its characters. */
export const PassageSchema = Type.Object(
  { ...SpanSchema.properties, text: Type.String({ description: 'The characters from start to end.' }) },
  { $id: 'Passage', additionalProperties: false }
)

export const AssertionSchema = Type.Object(
  {
    status: Type.Enum(['present', 'absent', 'possible'], {
      description:
        '`absent`: negated, not done or not taken; `possible`: uncertain; `present`: neither, whoever has it.'
    }),
    cue: Type.Optional(reference(PassageSchema))
  },
  {
    $id: 'Assertion',
    additionalProperties: false,
    description: 'Whether the note says that it is so, and the words by which it is absent or possible.',
    examples: [{ status: 'absent', cue: { start: 16, end: 22, text: 'denies' } }]
  }
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
    }),
    assertion: Type.Optional(reference(AssertionSchema)),
    section: Type.Optional(reference(PassageSchema))
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

export const RelationSchema = Type.Object(
  {
    head: Type.Integer({ minimum: 0, description: 'Index in `entities` of a Drug_Name or Lab_Name.' }),
    dependent: Type.Integer({
      minimum: 0,
      description: 'Index of a Dosage, Route or Frequency of the drug, or of a Lab_Result of the test.'
    })
  },
  { $id: 'Relation', additionalProperties: false, examples: [{ head: 4, dependent: 5 }] }
)

export type AssertionStatus = Static<typeof AssertionSchema>['status']
export type Relation = Static<typeof RelationSchema>
export type Entity = Static<typeof EntitySchema>
