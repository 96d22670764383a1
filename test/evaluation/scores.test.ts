import { describe, expect, test } from 'vitest'
import { formatScores, scoresAsJson } from '../../src/evaluation/report.ts'
import {
  type Counts,
  calibrationError,
  macroF1,
  type ScoredSpan,
  type ScoredText,
  scoreTexts
} from '../../src/evaluation/scores.ts'
import type { Span } from '../../src/span.ts'

/** `0-4 Drug_Name`, and for found entities a confidence: `0-4 Drug_Name 0.9`. */
function spansOf(spans: readonly string[]): ScoredSpan[] {
  return spans.map(written => {
    const [range, label, confidence = '1'] = written.split(' ')
    const [start, end] = range.split('-').map(Number)
    return { start, end, label, confidence: Number(confidence) }
  })
}

/** Ten tokens of four units with a space between them: 0-4, 5-9, 10-14 and so on. */
const tokens: readonly Span[] = Array.from({ length: 10 }, (_, i) => ({ start: 5 * i, end: 5 * i + 4 }))

function textOf(gold: readonly string[], found: readonly string[]): ScoredText {
  return { gold: spansOf(gold), found: spansOf(found), tokens }
}

const counted = ({ correct, found, gold }: Counts): number[] => [correct, found, gold]

describe('exact spans', () => {
  test.each<[string, string[], string[], number[]]>([
    ['the same span and label is correct', ['0-4 Age'], ['0-4 Age'], [1, 1, 1]],
    ['another label is not', ['0-4 Age'], ['0-4 Name'], [0, 1, 1]],
    ['a longer span is not', ['0-4 Age'], ['0-9 Age'], [0, 1, 1]],
    ['a missed one counts as gold', ['0-4 Age', '5-9 Name'], ['5-9 Name'], [1, 1, 2]],
    ['an invented one counts as found', ['0-4 Age'], ['0-4 Age', '5-9 Age'], [1, 2, 1]],
    ['nothing is nothing', [], [], [0, 0, 0]]
  ])('%s', (_what, gold, found, expected) => {
    expect(counted(scoreTexts([textOf(gold, found)]).micro)).toEqual(expected)
  })

  test('are counted for each label', () => {
    const { labels } = scoreTexts([
      textOf(['0-4 Age', '5-9 Age', '10-14 Name'], ['0-4 Age', '10-14 Age', '20-24 Route'])
    ])
    expect(counted(labels.get('Age') as Counts)).toEqual([1, 2, 2])
    expect(counted(labels.get('Name') as Counts)).toEqual([0, 0, 1])
    expect(counted(labels.get('Route') as Counts)).toEqual([0, 1, 0])
    expect(labels.size).toBe(3)
  })

  test('are summed over texts, and a span of one text is not found in another', () => {
    const { micro } = scoreTexts([
      textOf(['0-4 Age'], ['0-4 Age']),
      textOf(['5-9 Age'], []),
      textOf([], ['5-9 Age'])
    ])
    expect(counted(micro)).toEqual([1, 2, 2])
    expect([micro.precision, micro.recall, micro.f1]).toEqual([0.5, 0.5, 0.5])
  })

  test('have precision, recall and F1', () => {
    const { micro } = scoreTexts([
      textOf(['0-4 Age', '5-9 Age', '10-14 Age', '15-19 Age'], ['0-4 Age', '5-9 Name'])
    ])
    expect([micro.precision, micro.recall]).toEqual([1 / 2, 1 / 4])
    expect(micro.f1).toBeCloseTo(1 / 3)
  })

  test('without any entity have scores of 0', () => {
    const { micro } = scoreTexts([])
    expect([micro.precision, micro.recall, micro.f1]).toEqual([0, 0, 0])
  })
})

describe('partial spans', () => {
  test.each<[string, string[], string[], number[]]>([
    ['an overlap with the same label is correct', ['0-9 Age'], ['5-14 Age'], [1, 1, 1]],
    ['with another label it is not', ['0-9 Age'], ['5-14 Name'], [0, 1, 1]],
    ['touching at the end is not overlapping', ['0-4 Age'], ['4-9 Age'], [0, 1, 1]],
    ['touching at the start is not overlapping', ['4-9 Age'], ['0-4 Age'], [0, 1, 1]],
    ['a gold entity matches once', ['0-19 Age'], ['0-4 Age', '5-9 Age'], [1, 2, 1]],
    ['a found entity matches once', ['0-4 Age', '5-9 Age'], ['0-9 Age'], [1, 1, 2]],
    [
      'neighbours match in the order of the text',
      ['0-9 Age', '10-19 Age'],
      ['5-14 Age', '15-19 Age'],
      [2, 2, 2]
    ]
  ])('%s', (_what, gold, found, expected) => {
    expect(counted(scoreTexts([textOf(gold, found)]).partial)).toEqual(expected)
  })
})

describe('tokens', () => {
  test.each<[string, string[], string[], number[]]>([
    ['each token of an entity counts', ['0-14 Age'], ['0-14 Age'], [3, 3, 3]],
    ['a longer entity gets those it shares', ['0-9 Age'], ['0-14 Age'], [2, 3, 2]],
    ['a shorter entity gets those it shares', ['0-14 Age'], ['0-9 Age'], [2, 2, 3]],
    ['B- is not I-', ['0-14 Age'], ['5-14 Age'], [1, 2, 3]],
    ['two entities are not one', ['0-4 Age', '5-9 Age'], ['0-9 Age'], [1, 2, 2]],
    ['the label counts', ['0-9 Age'], ['0-9 Name'], [0, 2, 2]],
    ['O does not count', ['0-4 Age'], ['45-49 Age'], [0, 1, 1]],
    ['an entity of half a token has the token', ['0-2 Age'], ['0-4 Age'], [1, 1, 1]]
  ])('%s', (_what, gold, found, expected) => {
    expect(counted(scoreTexts([textOf(gold, found)]).token)).toEqual(expected)
  })

  test('do not depend on the order in which entities are annotated', () => {
    const gold = ['0-4 Age', '10-14 Name']
    const { token } = scoreTexts([textOf([...gold].reverse(), gold)])
    expect(counted(token)).toEqual([2, 2, 2])
  })
})

describe('confusion', () => {
  test('counts right spans with other labels, gold first', () => {
    const { confusion } = scoreTexts([
      textOf(['0-4 Age', '5-9 Name', '10-14 Age'], ['0-4 Name', '5-9 Age', '10-14 Name', '15-19 Route']),
      textOf(['0-4 Age'], ['0-9 Name'])
    ])
    expect(Object.fromEntries(confusion)).toEqual({ 'Age -> Name': 2, 'Name -> Age': 1 })
  })
})

describe('calibration', () => {
  test('sorts found entities by tenths of confidence', () => {
    const { calibration } = scoreTexts([
      textOf(
        ['0-4 Age', '5-9 Age'],
        ['0-4 Age 0.95', '5-9 Name 0.92', '10-14 Age 0', '15-19 Age 1', '20-24 Age 0.1']
      )
    ])
    expect(calibration.map(({ count }) => count)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0, 3])
    expect(calibration.map(({ correct }) => correct)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(calibration[9].confidence).toBeCloseTo(0.95 + 0.92 + 1)
  })

  test('has an error of 0 when confidence is accuracy', () => {
    const scores = scoreTexts([
      textOf(['0-4 Age'], ['0-4 Age 0.5', '5-9 Age 0.5']),
      textOf(['0-4 Age'], ['0-4 Age 1'])
    ])
    expect(calibrationError(scores)).toBe(0)
  })

  test('weighs the error of each tenth by its number of entities', () => {
    const scores = scoreTexts([
      textOf(['0-4 Age'], ['0-4 Age 0.75', '5-9 Age 0.75', '10-14 Age 0.75', '15-19 Age 0.25'])
    ])
    // Three at 0.75 of which one is right, one at 0.25 which is wrong.
    expect(calibrationError(scores)).toBeCloseTo((3 * (0.75 - 1 / 3) + 0.25) / 4)
  })

  test('of nothing is 0', () => {
    expect(calibrationError(scoreTexts([]))).toBe(0)
  })
})

describe('macro F1', () => {
  test('is the mean over labels with enough annotated entities', () => {
    const scores = scoreTexts([
      textOf(
        ['0-4 Age', '5-9 Age', '10-14 Name', '15-19 Route', '20-24 Route'],
        ['0-4 Age', '5-9 Age', '15-19 Route', '30-34 Route']
      )
    ])
    expect(macroF1(scores, 1)).toBeCloseTo((1 + 0 + 0.5) / 3)
    expect(macroF1(scores, 2)).toBeCloseTo((1 + 0.5) / 2)
    expect(macroF1(scores, 3)).toBe(0)
  })
})

describe('reports', () => {
  const scores = scoreTexts([textOf(['0-4 Age', '5-9 Name'], ['0-4 Age 0.9', '5-9 Age 0.6'])])

  test('for people have a line a label, and the totals', () => {
    const report = formatScores(scores)
    expect(report).toMatch(/^Age +0\.500 +1\.000 +0\.667 +1$/m)
    expect(report).toMatch(/^exact-span micro +0\.500 +0\.500 +0\.500 +2$/m)
    expect(report).toMatch(/^exact-span micro F1: 0\.5000$/m)
    expect(report).toMatch(/^ +1 {2}Name -> Age$/m)
  })

  test('for programs are plain data with the same numbers', () => {
    const json = JSON.parse(JSON.stringify(scoresAsJson(scores)))
    expect(json.micro).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, gold: 2, found: 2, correct: 1 })
    expect(Object.keys(json.labels)).toEqual(['Age', 'Name'])
    expect(json.confusion).toEqual({ 'Name -> Age': 1 })
    expect(json.calibration.length).toBe(10)
  })
})
