import { describe, expect, test } from 'vitest'
import { needOf } from '../../src/access/scopes.ts'

const settings = { docs: 'admin', metrics: 'admin' } as const

describe('what a resource asks for', () => {
  test.each(['/livez', '/readyz', '/startupz'])('of the probe %s is nothing, whatever is set', route => {
    expect(needOf(route, settings)).toBe('open')
  })

  test.each(['/docs', '/docs/', '/docs/static/*', '/docs/json', '/openapi.json', '/', '/playground/:file'])(
    'of %s is what is set for the docs',
    route => {
      expect(needOf(route, { docs: 'open', metrics: 'admin' })).toBe('open')
      expect(needOf(route, { docs: 'admin', metrics: 'open' })).toBe('admin')
    }
  )

  test('of the metrics is what is set for them', () => {
    expect(needOf('/metrics', { docs: 'admin', metrics: 'open' })).toBe('open')
    expect(needOf('/metrics', { docs: 'open', metrics: 'read' })).toBe('read')
  })

  test.each([
    '/ner',
    '/ner/batch',
    '/labels',
    '/models',
    '/later',
    '/docsy',
    '/playgrounds',
    '/livez/',
    undefined
  ])('of anything else, as %s, is the scope read', route => {
    expect(needOf(route, { docs: 'open', metrics: 'open' })).toBe('read')
  })
})
