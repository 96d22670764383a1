import { type Static, Type } from 'typebox'
import { reference } from './reference.ts'

export const ModelIdentitySchema = Type.Object(
  {
    name: Type.String(),
    version: Type.String(),
    sha256: Type.String({
      description: 'Digest of the manifest, which names the digest of every file of the model.'
    })
  },
  { $id: 'ModelIdentity', additionalProperties: false }
)

export const ModelDescriptionSchema = Type.Object(
  {
    ...ModelIdentitySchema.properties,
    description: Type.String(),
    license: Type.String(),
    language: Type.String(),
    labels: Type.Array(Type.String()),
    training: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
      description: 'How the model was made and how it scored.'
    })
  },
  { $id: 'ModelDescription', additionalProperties: false }
)

export const ModelsResponseSchema = Type.Object(
  { models: Type.Array(reference(ModelDescriptionSchema)) },
  { $id: 'ModelsResponse', additionalProperties: false }
)

export const LabelsResponseSchema = Type.Object(
  { model: reference(ModelIdentitySchema), labels: Type.Array(Type.String()) },
  { $id: 'LabelsResponse', additionalProperties: false }
)

export type ModelIdentity = Static<typeof ModelIdentitySchema>
