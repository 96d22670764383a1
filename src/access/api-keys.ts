import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { describeValidation, type Fault } from '../schemas/validation.ts'
import { compileValidator } from '../schemas/validator.ts'
import { scopes } from './scopes.ts'

/** What is kept of an API key: never the key. */
const ApiKeySchema = Type.Object(
  {
    /** stands in the log of requests */
    id: Type.String({ pattern: '^[\\w.-]{1,64}$' }),
    /** of the key as it is sent; no salt and no stretching, since keys are 256 random bits */
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    scopes: Type.Array(Type.Enum(scopes), { minItems: 1, uniqueItems: true }),
    quotaPerMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 }))
  },
  { additionalProperties: false }
)

/** A key file. It may name no key: that is how the last one is revoked. */
const KeyFileSchema = Type.Object(
  { keys: Type.Array(ApiKeySchema, { maxItems: 1000 }) },
  { additionalProperties: false }
)

export type ApiKey = Static<typeof ApiKeySchema>

const validateKey = compileValidator<ApiKey>(ApiKeySchema)
const validateFile = compileValidator<Static<typeof KeyFileSchema>>(KeyFileSchema)

/** @throws Error that names the first member at fault, and quotes no value */
export function parseKeys(json: string): ApiKey[] {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('The file is not JSON.')
  }
  if (!validateFile(value)) throw new Error(faultOf(validateFile.errors, 'The file'))
  for (const member of ['id', 'sha256'] as const) {
    const seen = new Set<string>()
    for (const [index, key] of value.keys.entries()) {
      if (seen.has(key[member])) throw new Error(`/keys/${index}/${member} is that of another key.`)
      seen.add(key[member])
    }
  }
  return value.keys
}

/** Finds the key that a caller presents, in a time that does not depend on how much of it is right. */
export function keyFinder(keys: readonly ApiKey[]): (presented: string) => ApiKey | undefined {
  const known = keys.map(key => ({ key, digest: Buffer.from(key.sha256, 'hex') }))
  return presented => {
    const digest = createHash('sha256').update(presented).digest()
    let found: ApiKey | undefined
    for (const one of known) if (timingSafeEqual(one.digest, digest)) found = one.key
    return found
  }
}

/**
 * A new random key, and the entry of a key file for it.
 * @throws Error that names the fact at fault
 */
export function createKey(facts: Omit<ApiKey, 'sha256'>): { key: string; entry: ApiKey } {
  // The prefix lets scanners for secrets recognize a key that has gone astray.
  const key = `ner_${randomBytes(32).toString('base64url')}`
  const { id, ...rest } = facts
  const entry = { id, sha256: createHash('sha256').update(key).digest('hex'), ...rest }
  if (!validateKey(entry)) throw new Error(faultOf(validateKey.errors, 'The key'))
  return { key, entry }
}

function faultOf(errors: typeof validateFile.errors, subject: string): string {
  return describeValidation(errors?.[0] as Fault, subject).detail ?? subject
}
