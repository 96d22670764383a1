import { expect, test } from 'vitest'
import { type Baseline, compare, formatComparisons, renew } from '../../bench/baseline.ts'
import type { Finding } from '../../bench/finding.ts'
import type { Answer } from '../../bench/report.ts'

const machine = { cpu: 'A processor', cores: 2, node: 'v20.20.2', model: 'ner_jsl 0.1.0 (0123456789ab)' }

function answer(name: string, value: number, extra: Partial<Finding> = {}, foreign = 0): Answer {
  const finding: Finding = {
    name,
    value,
    quartiles: [value, value],
    unit: 'x',
    goal: { atLeast: 0.5 },
    detail: '',
    ...extra
  }
  return { question: name, findings: [finding], foreign, quick: false }
}

const baseline: Baseline = {
  machine,
  figures: { throughput: { value: 0.9, worst: 0.81 }, tail: { value: 2, worst: 2.6 } }
}
const tail: Partial<Finding> = { goal: { atMost: 3 } }

test.each([
  ['as good as its threshold', answer('throughput', 0.81), 'ok'],
  ['better', answer('throughput', 0.99), 'ok'],
  ['below what has to be high', answer('throughput', 0.809), 'worse'],
  ['above what has to be low', answer('tail', 2.61, tail), 'worse'],
  ['low where it has to be low', answer('tail', 1, tail), 'ok'],
  ['new', answer('scaling', 1.9), 'no figure'],
  ['not to be believed', answer('throughput', 0.1, {}, 0.5), 'no verdict'],
  ['no number', answer('throughput', Number.NaN), 'worse']
])('a ratio that is %s', (_, measured, outcome) => {
  expect(compare(baseline, [measured]).map(one => one.outcome)).toEqual([outcome])
})

test('milliseconds of one machine are not compared with those of another', () => {
  const measured = answer('throughput', 0.9, { unit: 'ms' })
  expect(compare(baseline, [measured])).toEqual([])
  expect(renew(undefined, machine, [measured]).figures).toEqual({})
})

test('a new baseline holds each ratio and the worst that is allowed, by its own tolerance', () => {
  const answers = [
    answer('throughput', 0.87654321),
    answer('tail', 2, { ...tail, tolerance: 0.3 }),
    answer('padding', 8, { unit: '%', goal: { atMost: 10 } })
  ]
  expect(renew(undefined, machine, answers)).toEqual({
    machine,
    figures: {
      throughput: { value: 0.8765, worst: 0.7889 },
      tail: { value: 2, worst: 2.6 },
      padding: { value: 8, worst: 8.8 }
    }
  })
})

test('figures that cannot be believed are not written', () => {
  expect(renew(baseline, machine, [answer('throughput', 0.1, {}, 0.5)])).toEqual(baseline)
})

test('figures of the same machine and model stay, those of others go', () => {
  const scaling = { scaling: { value: 1.9, worst: 1.71 } }
  expect(renew(baseline, machine, [answer('scaling', 1.9)]).figures).toEqual({
    ...baseline.figures,
    ...scaling
  })
  const other = { ...machine, model: 'ner_jsl 0.2.0 (ba9876543210)' }
  expect(renew(baseline, other, [answer('scaling', 1.9)])).toEqual({ machine: other, figures: scaling })
})

test('the table of a comparison', () => {
  const comparisons = compare(baseline, [answer('throughput', 0.7), answer('scaling', 1.9)])
  expect(formatComparisons(comparisons).split('\n').slice(2)).toEqual([
    '| throughput | 0.70 | 0.90 | 0.81 | worse |',
    '| scaling | 1.90 | – | – | no figure |'
  ])
})
