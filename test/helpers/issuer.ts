import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

export const ISSUER = 'https://login.example.org'
export const AUDIENCE = 'ner'

/** Signs tokens and publishes its keys, as an identity provider does. */
export interface Issuer {
  /** URL of the key set */
  readonly jwks: string
  /** how often the key set was asked for */
  asked(): number
  /** status that the key set is answered with; 200 until it is set */
  status: number
  /** replaces the key */
  rotate(): Promise<void>
  keySet(): { keys: object[] }
  /** A token of this issuer for this service, valid for five minutes, unless the claims say otherwise. */
  token(claims?: Readonly<Record<string, unknown>>, header?: { kid?: string }): Promise<string>
}

export async function startIssuer(alg = 'ES256'): Promise<Issuer> {
  let pair: GenerateKeyPairResult
  let published: { keys: object[] }
  let serial = 0
  let count = 0
  const server = createServer((_request, response) => {
    count++
    response.writeHead(issuer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(published))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const issuer: Issuer = {
    jwks: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    asked: () => count,
    status: 200,
    async rotate() {
      pair = await generateKeyPair(alg, { extractable: true })
      published = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: `key-${++serial}`, use: 'sig' }] }
    },
    keySet: () => published,
    token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: now + 300, scope: 'read', ...claims })
        .setProtectedHeader({ alg, kid: `key-${serial}`, ...header })
        .sign(pair.privateKey)
    }
  }
  await issuer.rotate()
  return issuer
}
