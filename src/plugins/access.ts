import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { authenticate } from '../access/authenticator.ts'
import { type KeyFileEvent, openKeyFile } from '../access/key-file.ts'
import { createQuotas } from '../access/quotas.ts'
import { missingScope } from '../access/refusals.ts'
import { type NeedSettings, needOf } from '../access/scopes.ts'
import { createTokenVerifier, type TokenSettings } from '../access/tokens.ts'
import { ServiceError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** id of the API key that was presented; null where none was, and where none is asked for */
    keyId: string | null
  }
}

/** Without a file and without tokens the service is open to whoever reaches it. */
export interface AccessOptions {
  readonly keyFile?: string
  readonly tokens?: TokenSettings
  readonly needs: NeedSettings
}

/** Decides who may call what before any of a body is read, so that a stranger's request costs nothing. */
async function access(app: FastifyInstance, { keyFile, tokens, needs }: AccessOptions): Promise<void> {
  app.decorateRequest('keyId', null)
  if (!keyFile && !tokens) return
  const keys = keyFile ? await openKeyFile(keyFile, event => logChange(app.log, event)) : undefined
  app.addHook('onClose', async () => keys?.close())
  const verifier = tokens && (await createTokenVerifier(tokens))
  const quotas = createQuotas()

  app.addHook('onRequest', async (request, reply) => {
    const need = needOf(request.routeOptions.url, needs)
    if (need === 'open') return
    const { key, scopes } = await authenticate(request.headers, keys, verifier)
    if (key) request.keyId = key.id
    if (!scopes.includes(need)) throw missingScope(need)
    if (key?.quotaPerMinute === undefined) return
    const { limit, remaining, reset, retryAfter } = quotas.take(key.id, key.quotaPerMinute)
    reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset })
    if (retryAfter !== undefined) throw new ServiceError('quota_exceeded', { limit, retryAfter })
  })
}

function logChange(log: FastifyBaseLogger, event: KeyFileEvent): void {
  if ('fault' in event) log.error(event, 'API keys: the changed file cannot be used, the keys before it stay')
  else log.info(event, 'API keys: the changed file is in use')
}

export default fp(access, { name: 'access', dependencies: ['problem-details'] })
