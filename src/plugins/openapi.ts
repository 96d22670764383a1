import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'

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

/** The OpenAPI document at /openapi.json, and Swagger UI at /docs. */
async function openapi(app: FastifyInstance, { version }: { version: string }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Clinical entity recognition',
        version,
        description,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
      },
      tags: [
        { name: 'recognition', description: 'Entities of texts' },
        { name: 'models', description: 'What is served' },
        { name: 'health', description: 'For orchestrators and monitoring' }
      ]
    },
    transform: ({ schema, url, route }) => {
      const { documentedBody } = (route.config ?? {}) as FastifyContextConfig
      return { schema: documentedBody ? { ...schema, body: documentedBody } : schema, url }
    },
    refResolver: {
      // Components are named by the $id of their schema instead of def-0, def-1.
      buildLocalReference: (json, _base, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `schema-${index}`
    }
  })
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { tryItOutEnabled: true } })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

export default fp(openapi, { name: 'openapi' })
