import { Ajv, type ValidateFunction } from 'ajv'
import type { TSchema } from 'typebox'

/** A validator of values that are not requests; Fastify compiles those itself, with the same library. */
export function compileValidator<Value>(schema: TSchema): ValidateFunction<Value> {
  return new Ajv({ strict: false }).compile<Value>(schema)
}
