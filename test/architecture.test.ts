import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../src', import.meta.url))

/** From the top: a file imports only from layers below its own. Entries are folders, or files without .ts. */
const layers: readonly (readonly string[])[] = [
  ['server', 'cli'],
  ['serve'],
  ['app'],
  ['routes', 'plugins', 'annotation'],
  ['metrics'],
  ['recognition'],
  ['workers', 'batching'],
  ['golden'],
  ['engine'],
  ['pipeline', 'inference', 'decoding'],
  ['model'],
  ['evaluation', 'benchmark', 'playground', 'analysis', 'tensors', 'config', 'logger'],
  ['access', 'context'],
  ['schemas'],
  ['ndjson', 'as-ready', 'json-pieces'],
  [
    'errors',
    'error-facts',
    'span',
    'text',
    'cores',
    'core-dumps',
    'member-counts',
    'package-version',
    'tls',
    'turns',
    'trace-context',
    'event-loop'
  ]
]

/** Layers that routes and plugins may use, besides the leaves. */
const surface = new Set([
  'routes',
  'plugins',
  'metrics',
  'recognition',
  'schemas',
  'errors',
  'span',
  'analysis'
])
const leafDepth = layers.findIndex(layer => layer.includes('evaluation'))

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))

function partOf(file: string): string {
  return file.split('/')[0].replace(/\.ts$/, '')
}

function depthOf(part: string): number {
  return layers.findIndex(layer => layer.includes(part))
}

function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  return Array.from(source.matchAll(/(?:from |import |import\()'([^']+)'/g), ([, name]) => name)
}

describe('the layers of the source', () => {
  test('every file belongs to one', () => {
    expect(files.filter(file => depthOf(partOf(file)) < 0)).toEqual([])
  })

  test('imports go down only, and neighbours of a layer do not know each other', () => {
    const wrong = files.flatMap(file =>
      importsOf(file)
        .filter(name => name.startsWith('.'))
        .map(name => partOf(normalize(join(dirname(file), name))))
        .filter(part => part !== partOf(file) && depthOf(part) <= depthOf(partOf(file)))
        .map(part => `${file} imports ${part}`)
    )
    expect(wrong).toEqual([])
  })

  test('routes and plugins know recognition and leaves only', () => {
    const wrong = files
      .filter(file => ['routes', 'plugins'].includes(partOf(file)))
      .flatMap(file =>
        importsOf(file)
          .filter(name => name.startsWith('.'))
          .map(name => partOf(normalize(join(dirname(file), name))))
          .filter(part => !surface.has(part) && depthOf(part) < leafDepth)
          .map(part => `${file} imports ${part}`)
      )
    expect(wrong).toEqual([])
  })

  test('what runs in the browser stands alone: types of the schemas are all it shares with the service', () => {
    const browser = files.filter(file => partOf(file) === 'playground')
    const outside = browser.flatMap(file =>
      Array.from(readFileSync(join(root, file), 'utf8').matchAll(/^import (type )?[^']*'(?!\.\/)([^']*)'/gm))
    )
    expect(outside.filter(([, type, name]) => !type || !name.startsWith('../schemas/'))).toEqual([])
    const users = files.filter(file => importsOf(file).some(name => name.includes('/playground/')))
    expect(users).toEqual([])
  })

  test.each([
    ['onnxruntime-node', ['inference/session.ts']],
    ['node:child_process', ['cli/bench.ts', 'workers/background.ts', 'workers/worker-process.ts']],
    ['jose', ['access/tokens.ts']],
    ['csv-parse', ['annotation/read-csv.ts']],
    ['pino', ['logger.ts']],
    ['prom-client', ['metrics/registry.ts']],
    ['@opentelemetry/api', ['plugins/trace-context.ts']],
    ['env-schema', ['config.ts']]
  ])('%s has one user', (name, users) => {
    expect(files.filter(file => importsOf(file).includes(name))).toEqual(users)
  })

  test('process.env is read by the entries alone', () => {
    const readers = files
      .filter(file => !['inference/no-telemetry.ts', 'playground/snippets.ts'].includes(file))
      .filter(file => readFileSync(join(root, file), 'utf8').includes('process.env'))
    expect(readers.filter(file => !['serve', 'cli'].includes(partOf(file)))).toEqual([])
  })
})
