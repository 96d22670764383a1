import { type Static, type TSchema, Type } from 'typebox'

/** A reference to a schema that the app registers by its $id; it becomes a named component in OpenAPI. */
export function reference<Schema extends TSchema>(schema: Schema) {
  const { $id } = schema as { $id?: string }
  if (!$id) throw new Error('Only a schema with an $id can be referred to. This is a bug.')
  return Type.Unsafe<Static<Schema>>({ $ref: `${$id}#` })
}
