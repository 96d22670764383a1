import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { errorTable } from '../../src/errors.ts'
import { MetricRegistry } from '../../src/metrics/registry.ts'
import { metricTable } from '../../src/metrics/table.ts'
import { Exposition } from '../helpers/exposition.ts'

interface Panel {
  readonly id: number
  readonly title: string
  readonly description?: string
  readonly targets?: readonly { readonly expr: string }[]
}

function read(path: string): string {
  return readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8')
}

const dashboard = JSON.parse(read('grafana/dashboard.json')) as {
  panels: Panel[]
  templating: { list: { definition?: string }[] }
}
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
const queries = dashboard.templating.list.flatMap(({ definition = [] }) => definition)
const alerts = read('prometheus/alerts.yml')

/** What Prometheus adds to every sample, and to those of a histogram. */
const commonLabels = ['job', 'instance', 'le']
const labels = new Map<string, readonly string[]>(
  Object.entries(metricTable).map(([name, metric]) => [name, metric.labels])
)
const allLabels = new Set([...commonLabels, ...[...labels.values()].flat()])

/** Names of series, those of a histogram as well. */
async function exposed(): Promise<Set<string>> {
  const registry = new MetricRegistry()
  registry.addProcess()
  const { types } = new Exposition(await registry.text())
  return new Set(
    [...types].flatMap(([name, type]) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map(part => `${name}_${part}`) : [name]
    )
  )
}

/** Names of metrics in a text: words with the prefix of one that are no label. */
function namesIn(text: string): string[] {
  const words = text.match(/\b(?:ner|http|process|nodejs)_[a-z0-9_]+/g) ?? []
  return words.filter(word => !allLabels.has(word))
}

function familyOf(name: string): string {
  const family = name.replace(/_(bucket|sum|count)$/, '')
  return labels.has(family) ? family : name
}

describe.each([
  ['the dashboard', [...expressions, ...queries]],
  ['the alerts', [alerts]]
])('%s', (_what, texts) => {
  test('names only metrics that the service has', async () => {
    const known = await exposed()
    const used = texts.flatMap(namesIn)
    expect(used.length).toBeGreaterThan(8)
    expect(used.filter(name => !known.has(name))).toEqual([])
  })

  test('names only labels that those metrics have', () => {
    const wrong = texts.flatMap(text => [
      ...Array.from(text.matchAll(/\b([a-z0-9_]+)\{([^{}]*)\}/g)).flatMap(([all, name, matchers]) =>
        Array.from(matchers.matchAll(/([a-z0-9_]+)(?:=~|!~|!=|=)/g), ([, label]) => label)
          .filter(label => ![...commonLabels, ...(labels.get(familyOf(name)) ?? [])].includes(label))
          .map(label => `${label} in ${all}`)
      ),
      ...Array.from(text.matchAll(/\bby \(([^)]*)\)/g))
        .flatMap(([, list]) => list.split(',').map(label => label.trim()))
        .filter(label => !allLabels.has(label))
    ])
    expect(wrong).toEqual([])
  })

  test('names only reasons that are codes of errors', () => {
    const reasons = texts.flatMap(text => Array.from(text.matchAll(/reason="([^"]*)"/g), ([, code]) => code))
    expect(reasons.length).toBeGreaterThan(0)
    expect(reasons.filter(code => !(code in errorTable))).toEqual([])
  })
})

test('the dashboard shows every metric of the service', () => {
  const shown = new Set(expressions.flatMap(namesIn).map(familyOf))
  expect(Object.keys(metricTable).filter(name => !shown.has(name))).toEqual([])
})

test('every panel has an id of its own, and those that show something say what', () => {
  const ids = dashboard.panels.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(dashboard.panels.filter(({ targets, description }) => targets && !description)).toEqual([])
})

test.each(Object.entries(metricTable))('the page on operations has the row of %s', (name, metric) => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
  const names = metric.labels.map(label => `\`${label}\``).join(', ')
  expect(page).toContain(`| \`${name}\` | ${metric.type} | ${names} | ${metric.help} |`)
})
