import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { type NeedSettings, needOf } from '../access/scopes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body as documented, where a route checks parts of it itself. */
    documentedBody?: object
  }
}

const description = `Finds clinical entities in English medical text.

Offsets are half-open and count UTF-16 code units of the text exactly as it was sent: in JavaScript, Java and C#
\`text.slice(start, end)\` is the entity. Errors are problem documents (RFC 9457) with a stable \`code\`; none quotes
the request. Not a medical device.`

interface OpenapiOptions {
  readonly version: string
  readonly needs: NeedSettings
  /** callers must say who they are; otherwise they may */
  readonly closed: boolean
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key; or a JSON Web Token, where the service is configured for them.'
  },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' }
} as const

/** What Swagger UI needs: its own scripts, and styles and small images that it writes into the page. */
const pagePolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'"
}

/** The OpenAPI document at /openapi.json, and Swagger UI at /docs. */
async function openapi(app: FastifyInstance, { version, needs, closed }: OpenapiOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Clinical entity recognition',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
      },
      servers: [{ url: '/', description: 'The service that answered with this document' }],
      components: { securitySchemes },
      security: [{ bearer: [] }, { apiKey: [] }, ...(closed ? [] : [{}])],
      tags: [
        { name: 'recognition', description: 'Entities of texts' },
        { name: 'models', description: 'What is served' },
        { name: 'health', description: 'For orchestrators and monitoring' }
      ]
    },
    transform: ({ schema, url, route }) => {
      const { documentedBody } = (route.config ?? {}) as FastifyContextConfig
      return {
        schema: {
          ...schema,
          ...(documentedBody && { body: documentedBody }),
          ...(needOf(url, needs) === 'open' && { security: [] })
        },
        url
      }
    },
    refResolver: {
      // Components are named by the $id of their schema instead of def-0, def-1.
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `schema-${index}`
    }
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { tryItOutEnabled: true },
    staticCSP: pagePolicy
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

export default fp(openapi, { name: 'openapi' })
