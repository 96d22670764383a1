import { expect, test } from 'vitest'
import type { Finding } from '../../bench/finding.ts'
import { type Answer, formatAnswers, formatWarnings, isJudged, markdownTable } from '../../bench/report.ts'

const finding: Finding = {
  name: 'throughput',
  value: 0.872,
  quartiles: [0.851, 0.893],
  unit: 'x',
  goal: { atLeast: 0.85 },
  detail: '87.2 of 100.0 thousand tokens/s'
}

function answer(findings: readonly Finding[], foreign = 0.02, quick = false): Answer {
  return { question: 'throughput', findings, foreign, quick }
}

test('a row tells what was measured, its spread, its goal and whether it is met', () => {
  const missed: Finding = {
    name: 'tail: p99',
    value: 31.04,
    quartiles: [28, 35.55],
    unit: 'ms',
    goal: { atMost: 25 },
    detail: '3000 notes'
  }
  expect(formatAnswers([answer([finding, missed])]).split('\n')).toEqual([
    '| question | measured | spread | goal | ok |',
    '| --- | --- | --- | --- | --- |',
    '| throughput | 0.87 (87.2 of 100.0 thousand tokens/s) | 0.85 to 0.89 | at least 0.85 | yes |',
    '| tail: p99 | 31.0 ms (3000 notes) | 28.0 to 35.5 ms | at most 25.0 ms | no |'
  ])
})

test.each([
  ['that is met', { atLeast: 0.85 }, 0.85, 'yes'],
  ['that is just missed, though it rounds to it', { atLeast: 0.85 }, 0.8499, 'no'],
  ['that is met', { atMost: 3 }, 3, 'yes'],
  ['that is missed', { atMost: 3 }, 3.01, 'no']
] as const)('a goal %s: %j and %d is %s', (_, goal, value, ok) => {
  expect(formatAnswers([answer([{ ...finding, goal, value }])])).toMatch(new RegExp(`\\| ${ok} \\|$`))
})

test('there is no verdict while others use the cores, and a warning says how much', () => {
  const disturbed = answer([finding], 1.874)
  expect(isJudged(disturbed)).toBe(false)
  expect(formatAnswers([disturbed])).toMatch(/\| no verdict \|$/)
  expect(formatWarnings([answer([finding]), disturbed])).toEqual([
    'No verdict on throughput: other processes used 187 % of a core meanwhile; at most 10 % is let pass.'
  ])
  expect(isJudged(answer([finding], 0.1))).toBe(true)
})

test('there is no verdict on a quick run', () => {
  expect(formatAnswers([answer([finding], 0, true)])).toMatch(/\| no verdict \|$/)
})

test('a cell cannot break the table', () => {
  expect(markdownTable(['a|b'], [['1']])).toBe('| a\\|b |\n| --- |\n| 1 |')
})
