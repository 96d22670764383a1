import { readFileSync } from 'node:fs'
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import { ServiceError } from '../errors.ts'
import { isLoopback } from './loopback.ts'
import { invalidCredentials } from './refusals.ts'

export interface TokenSettings {
  /** URL or file of the JSON Web Key Set */
  readonly jwks: string
  readonly issuer: string
  readonly audience: string
  /** seconds by which the clocks of issuer and service may differ */
  readonly clockSkew: number
}

/** Keys are asked for again after this time, so that one that is withdrawn goes out of use. */
const FRESH_MS = 600_000
const TIMEOUT_MS = 3_000
/** Time after a failure in which the keys are not asked for again. */
const PAUSE_S = 5

/** With a shared secret whoever verifies could also sign, and a public key could be passed off as the secret. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
]

/**
 * Verifies JSON Web Tokens. The library is loaded here and only then, and a URL is asked when the first token comes:
 * the service starts without it.
 * @throws Error where the key set is neither a URL that can be trusted nor a file
 */
export async function createTokenVerifier(settings: TokenSettings) {
  const { createLocalJWKSet, createRemoteJWKSet, customFetch, errors, jwtVerify } = await import('jose')
  const url = trustedUrl(settings.jwks)
  const keySet = url
    ? createRemoteJWKSet(url, {
        timeoutDuration: TIMEOUT_MS,
        cacheMaxAge: FRESH_MS,
        [customFetch]: pausing(fetch)
      })
    : createLocalJWKSet(readKeySet(settings.jwks))

  /** What goes wrong with the key set is not the caller's fault; what is said of this token's key is. */
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keySet(header, token)
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) {
        throw cause
      }
      throw new ServiceError('jwks_unavailable', { retryAfter: PAUSE_S, cause })
    }
  }

  return {
    /**
     * The scopes of a token.
     * @throws ServiceError unauthorized, or jwks_unavailable where it cannot be known
     */
    async verify(token: string): Promise<string[]> {
      try {
        const { payload } = await jwtVerify(token, keyOf, {
          algorithms,
          issuer: settings.issuer,
          audience: settings.audience,
          clockTolerance: settings.clockSkew,
          requiredClaims: ['exp']
        })
        return typeof payload.scope === 'string' ? payload.scope.split(' ') : []
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error
        throw invalidCredentials(
          error instanceof errors.JWTExpired ? 'The token has expired.' : undefined,
          error
        )
      }
    }
  }
}

export type TokenVerifier = Awaited<ReturnType<typeof createTokenVerifier>>

/** Keys that came over an open network could be anybody's. */
function trustedUrl(jwks: string): URL | undefined {
  if (!/^https?:\/\//i.test(jwks)) return undefined
  if (!URL.canParse(jwks)) throw new Error('NER_JWT_JWKS: The URL is not one.')
  const url = new URL(jwks)
  if (url.protocol === 'https:' || isLoopback(url.hostname)) return url
  throw new Error('NER_JWT_JWKS: The URL must be of https, except on the loopback address.')
}

function readKeySet(file: string): JSONWebKeySet {
  let json: string
  try {
    json = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`NER_JWT_JWKS: The file cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('NER_JWT_JWKS: The file is not JSON.')
  }
  if (!Array.isArray((value as { keys?: unknown } | null)?.keys)) {
    throw new Error('NER_JWT_JWKS: The file is not a JSON Web Key Set.')
  }
  return value as JSONWebKeySet
}

/** Fetches JSON, and after a failure fails at once for a while: tokens must not become requests to an ailing server. */
function pausing(get: typeof fetch) {
  let pausedUntil = 0
  let failure: unknown
  return async (...request: Parameters<typeof fetch>): Promise<Response> => {
    if (Date.now() < pausedUntil) throw failure
    try {
      const response = await get(...request)
      if (response.status !== 200) throw new Error(`the key set was answered with ${response.status}`)
      return Response.json(await response.json())
    } catch (error) {
      pausedUntil = Date.now() + PAUSE_S * 1000
      failure = error
      throw error
    }
  }
}
