import { type Static, Type } from 'typebox'
import { compileValidator } from '../schemas/validator.ts'
import { type ModelFile, modelFiles } from './files.ts'

const FileSchema = Type.Object(
  { bytes: Type.Integer({ minimum: 1 }), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) },
  { additionalProperties: false }
)

/** manifest.json of a model folder. */
export const ManifestSchema = Type.Object(
  {
    format: Type.Literal(3),
    name: Type.String({ pattern: '^[a-z0-9_]+$' }),
    version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+$' }),
    description: Type.String(),
    license: Type.String(),
    language: Type.Literal('en'),
    /** What must be true of the code that runs the model: rule sets by name, and the sizes they work with. */
    pipeline: Type.Object(
      {
        tokens: Type.Literal('clinical-1'),
        sentences: Type.Literal('clinical-1'),
        words: Type.Literal('lower-case, then digits as zero'),
        characterLength: Type.Integer({ minimum: 2, maximum: 64, multipleOf: 2 }),
        /** Sentences of a text are joined into rows of at most this many tokens; 0 is one sentence a row. */
        rowTokens: Type.Integer({ minimum: 0, maximum: 512 })
      },
      { additionalProperties: false }
    ),
    tagScheme: Type.Literal('IOB2'),
    labels: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true }),
    files: Type.Object(
      Object.fromEntries(modelFiles.map(name => [name, FileSchema])) as Record<ModelFile, typeof FileSchema>,
      { additionalProperties: false }
    ),
    /** A note and what the model finds in it: a worker that finds anything else does not serve. */
    golden: Type.Object(
      {
        text: Type.String({ minLength: 1 }),
        entities: Type.Array(
          Type.Object(
            {
              start: Type.Integer({ minimum: 0 }),
              end: Type.Integer({ minimum: 1 }),
              label: Type.String(),
              confidence: Type.Number({ minimum: 0, maximum: 1 })
            },
            { additionalProperties: false }
          ),
          { minItems: 1 }
        )
      },
      { additionalProperties: false }
    ),
    /** How the model was made and how it scored; shown by GET /models. */
    training: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))
  },
  { additionalProperties: false }
)

export type Manifest = Static<typeof ManifestSchema>

const validate = compileValidator<Manifest>(ManifestSchema)

/** @throws Error that names the first member at fault */
export function parseManifest(json: string): Manifest {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('manifest.json is not JSON')
  }
  if (validate(value)) return value
  const [fault] = validate.errors ?? []
  const { additionalProperty } = (fault?.params ?? {}) as { additionalProperty?: string }
  const where = `manifest.json${fault?.instancePath ?? ''}`
  throw new Error(
    additionalProperty === undefined
      ? `${where} ${fault?.message}`
      : `${where}/${additionalProperty} is not a member of a manifest`
  )
}
