import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generate } from '../../src/cli/openapi.ts'
import { testApp } from '../helpers/build-app.ts'

type Operation = {
  operationId: string
  requestBody?: { content: Record<string, { schema: { $ref: string } }> }
  responses: Record<string, { content: Record<string, { schema: { $ref: string } }> }>
}

describe('the OpenAPI document', () => {
  test('that is committed is the one that the code generates', async () => {
    const committed = readFileSync(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
    expect(committed).toBe(await generate())
  })

  test('gives every operation an id and every response, errors included, a named schema', async () => {
    const { app } = await testApp()
    const document = (await app.inject({ url: '/openapi.json' })).json()
    const operations: Operation[] = Object.values<Record<string, Operation>>(document.paths).flatMap(path =>
      Object.values(path)
    )
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      [
        'listLabels',
        'listModels',
        'livez',
        'metrics',
        'readyz',
        'recognize',
        'recognizeBatch',
        'startupz'
      ].sort()
    )
    for (const { responses } of operations) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (content['text/plain']) continue
        const problem = Number(status) >= 400 && !content['application/json']
        const { schema } = content[problem ? 'application/problem+json' : 'application/json']
        expect(document.components.schemas).toHaveProperty(schema.$ref.replace('#/components/schemas/', ''))
      }
    }
  })

  test('has examples that the service accepts as they are', async () => {
    const { app } = await testApp()
    const document = (await app.inject({ url: '/openapi.json' })).json()
    for (const [url, { post }] of Object.entries<{ post?: Operation }>(document.paths)) {
      if (!post?.requestBody) continue
      const name = post.requestBody.content['application/json'].schema.$ref.replace(
        '#/components/schemas/',
        ''
      )
      for (const payload of document.components.schemas[name].examples) {
        expect((await app.inject({ method: 'POST', url: url as '/ner', payload })).statusCode).toBe(200)
      }
    }
  })

  test('is shown by Swagger UI', async () => {
    const { app } = await testApp()
    const page = await app.inject({ url: '/docs/' })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-type']).toMatch(/text\/html/)
  })
})
