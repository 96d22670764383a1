import type { IncomingHttpHeaders } from 'node:http'
import type { ApiKey } from './api-keys.ts'
import type { KeyFile } from './key-file.ts'
import { invalidCredentials, missingCredentials } from './refusals.ts'
import type { TokenVerifier } from './tokens.ts'

export interface Caller {
  /** absent where a token was presented */
  readonly key?: ApiKey
  readonly scopes: readonly string[]
}

/**
 * Who sends a request, by its headers alone. A bearer credential may be an API key or a token; X-API-Key comes first,
 * since a gateway may use Authorization for purposes of its own.
 * @throws ServiceError unauthorized, or jwks_unavailable where a token cannot be verified
 */
export async function authenticate(
  headers: IncomingHttpHeaders,
  keys: KeyFile | undefined,
  tokens: TokenVerifier | undefined
): Promise<Caller> {
  const apiKey = headers['x-api-key']
  const presented = typeof apiKey === 'string' ? apiKey : bearerOf(headers.authorization)
  if (presented === undefined) throw missingCredentials()
  const key = keys?.find(presented)
  if (key) return { key, scopes: key.scopes }
  if (!tokens || apiKey !== undefined) throw invalidCredentials()
  return { scopes: await tokens.verify(presented) }
}

function bearerOf(authorization = ''): string | undefined {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1]
}
