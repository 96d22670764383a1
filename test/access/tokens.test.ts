import { createHmac, createPublicKey } from 'node:crypto'
import { type JWK, UnsecuredJWT } from 'jose'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTokenVerifier, type TokenSettings } from '../../src/access/tokens.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { AUDIENCE, ISSUER, startIssuer } from '../helpers/issuer.ts'

const now = (): number => Math.floor(Date.now() / 1000)

async function setUp(settings: Partial<TokenSettings> = {}) {
  const issuer = await startIssuer()
  const verifier = await createTokenVerifier({
    jwks: issuer.jwks,
    issuer: ISSUER,
    audience: AUDIENCE,
    clockSkew: 30,
    ...settings
  })
  return { issuer, verifier }
}

/** Moves the wall clock, which tokens and caches go by. */
function passTime(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds })
  onTestFinished(() => void vi.useRealTimers())
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a token', () => {
  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'])('signed with %s gives its scopes', async alg => {
    const issuer = await startIssuer(alg)
    const { verifier } = await setUp({ jwks: issuer.jwks })
    expect(await verifier.verify(await issuer.token({ scope: 'read admin openid' }))).toEqual([
      'read',
      'admin',
      'openid'
    ])
  })

  test.each([[undefined], [['read']], [7], ['']])('whose scope is %j gives none', async scope => {
    const { issuer, verifier } = await setUp()
    expect(await verifier.verify(await issuer.token({ scope }))).not.toContain('read')
  })

  test.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://other.example.org' }],
    ['without an issuer', { iss: undefined }],
    ['for another service', { aud: 'billing' }],
    ['for nobody', { aud: undefined }],
    ['that never expires', { exp: undefined }],
    ['that is not valid yet', { nbf: now() + 120 }]
  ])('%s is refused', async (_what, claims) => {
    const { issuer, verifier } = await setUp()
    const refusal = verifier.verify(await issuer.token(claims))
    await expect(refusal).rejects.toMatchObject({
      code: 'unauthorized',
      detail: 'The key or token is not valid.'
    })
  })

  test('that has expired is refused, and says so; a clock may be a little off', async () => {
    const { issuer, verifier } = await setUp()
    await expect(verifier.verify(await issuer.token({ exp: now() - 60 }))).rejects.toMatchObject({
      code: 'unauthorized',
      detail: 'The token has expired.'
    })
    expect(await verifier.verify(await issuer.token({ exp: now() - 10, nbf: now() + 10 }))).toEqual(['read'])
  })

  test.each(['', 'x', 'a.b.c', '..', 'ner_notatoken'])('is not %j', async token => {
    const { verifier } = await setUp()
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('that is signed by somebody else under the same name is refused', async () => {
    const { issuer, verifier } = await setUp()
    expect(await verifier.verify(await issuer.token())).toEqual(['read'])
    const other = await startIssuer()
    await expect(verifier.verify(await other.token())).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('whose claims were changed after signing is refused', async () => {
    const { issuer, verifier } = await setUp()
    const [header, payload, signature] = (await issuer.token()).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = [header, encode({ ...claims, scope: 'admin' }), signature].join('.')
    await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  test('that is not signed, or with the public key as a secret, is refused', async () => {
    const { issuer, verifier } = await setUp()
    const claims = { iss: ISSUER, aud: AUDIENCE, exp: now() + 300, scope: 'admin' }
    await expect(verifier.verify(new UnsecuredJWT(claims).encode())).rejects.toMatchObject({
      code: 'unauthorized'
    })
    const [jwk] = issuer.keySet().keys as JWK[]
    const secret = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const body = `${encode({ alg: 'HS256', kid: jwk.kid })}.${encode(claims)}`
    const forged = `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
    await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('the key set', () => {
  test('is asked for when the first token comes, and then kept', async () => {
    const { issuer, verifier } = await setUp()
    expect(issuer.asked()).toBe(0)
    const token = await issuer.token()
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)))
    expect(issuer.asked()).toBe(1)
  })

  test('is asked for again when it is old, so that a key that is withdrawn goes out of use', async () => {
    const { issuer, verifier } = await setUp()
    const token = await issuer.token({ exp: now() + 3600 })
    await verifier.verify(token)
    await issuer.rotate()
    expect(await verifier.verify(token)).toEqual(['read'])
    passTime(601_000)
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await verifier.verify(await issuer.token())).toEqual(['read'])
  })

  test('is asked for again when a token names a new key, but not by every token that does', async () => {
    const { issuer, verifier } = await setUp()
    await verifier.verify(await issuer.token())
    const unknown = await issuer.token({ exp: now() + 3600 }, { kid: 'unknown' })
    for (let i = 0; i < 5; i++) {
      await expect(verifier.verify(unknown)).rejects.toMatchObject({ code: 'unauthorized' })
    }
    expect(issuer.asked()).toBe(1)
    await issuer.rotate()
    passTime(31_000)
    expect(await verifier.verify(await issuer.token())).toEqual(['read'])
    expect(issuer.asked()).toBe(2)
  })

  test('that cannot be fetched is not the fault of the token, and is not asked for by each', async () => {
    const { issuer, verifier } = await setUp()
    issuer.status = 500
    const token = await issuer.token()
    for (let i = 0; i < 5; i++) {
      await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'jwks_unavailable', retryAfter: 5 })
    }
    expect(issuer.asked()).toBe(1)
    issuer.status = 200
    passTime(5_001)
    expect(await verifier.verify(token)).toEqual(['read'])
  })

  test('that cannot be fetched for an unknown key is still there for the known ones', async () => {
    const { issuer, verifier } = await setUp()
    const token = await issuer.token({ exp: now() + 3600 })
    await verifier.verify(token)
    issuer.status = 500
    passTime(31_000)
    const unknown = await issuer.token({}, { kid: 'unknown' })
    await expect(verifier.verify(unknown)).rejects.toMatchObject({ code: 'jwks_unavailable' })
    expect(await verifier.verify(token)).toEqual(['read'])
  })

  test('may be a file', async () => {
    const issuer = await startIssuer()
    const { verifier } = await setUp({ jwks: temporaryFile('jwks.json', JSON.stringify(issuer.keySet())) })
    expect(await verifier.verify(await issuer.token())).toEqual(['read'])
    expect(issuer.asked()).toBe(0)
  })

  test.each<[string, () => string, string]>([
    ['a file that is missing', () => '/nowhere/jwks.json', 'The file cannot be read (ENOENT).'],
    ['a file that is not JSON', () => temporaryFile('jwks.json', 'x'), 'The file is not JSON.'],
    [
      'a file that is no key set',
      () => temporaryFile('jwks.json', '{}'),
      'The file is not a JSON Web Key Set.'
    ],
    ['a URL that is not one', () => 'https://', 'The URL is not one.'],
    ['a URL over an open network', () => 'http://login.example.org/keys', 'The URL must be of https']
  ])('is not %s', async (_what, jwks, message) => {
    await expect(setUp({ jwks: jwks() })).rejects.toThrow(`NER_JWT_JWKS: ${message}`)
  })
})
