import { describe, expect, test } from 'vitest'
import { jsonLines, runCli, temporaryFile } from '../helpers/cli.ts'
import { modelFolder } from '../helpers/model-folder.ts'

const text =
  '😀 CHIEF COMPLAINT: Chest pain.\nMr. Tamsin was given aspirin 325 mg p.o. daily. He denies nausea and vomiting.'

/** Annotated by words; offsets in code points. */
const annotated = [
  ['CHIEF COMPLAINT:', 'Section_Name'],
  ['Chest pain', 'Symptom_Name'],
  ['aspirin', 'Drug_Name'],
  ['325 mg', 'Dosage'],
  ['nausea', 'Symptom_Name'],
  ['daily', 'Frequency'],
  ['Tamsin', 'Age']
]

function corpus(): string {
  const entities = annotated
    .map(([words, label]) => {
      const start = Array.from(text.slice(0, text.indexOf(words))).length
      return { start, end: start + Array.from(words).length, label }
    })
    .sort((a, b) => a.start - b.start)
  return temporaryFile(
    'gold.jsonl',
    jsonLines([
      { id: 'a', text, entities },
      { id: 'b', text: 'Stable.', entities: [] }
    ])
  )
}

describe('ner-jsl evaluate', () => {
  test('prints a line a label, and the micro line', async () => {
    const { code, stdout, stderr } = await runCli(['evaluate', '--model', modelFolder, corpus()])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^label +precision +recall +F1 +gold$/m)
    expect(stdout).toMatch(/^Drug_Name +1\.000 +1\.000 +1\.000 +1$/m)
    expect(stdout).toMatch(/^exact-span micro +0\.\d{3} +0\.\d{3} +0\.\d{3} +7$/m)
    expect(stdout).toMatch(/^exact-span micro F1: 0\.\d{4}$/m)
    expect(stdout).toMatch(/^token-level micro /m)
  })

  test('prints the same numbers as JSON, offsets of code points converted', async () => {
    const { code, stdout } = await runCli(['evaluate', '--json', corpus()])
    expect(code).toBe(0)
    const scores = JSON.parse(stdout)
    expect(scores.micro.gold).toBe(7)
    // The annotation calls a name an age: at most six can be right.
    expect(scores.micro.correct).toBeGreaterThanOrEqual(4)
    expect(scores.micro.correct).toBeLessThanOrEqual(6)
    expect(scores.labels.Drug_Name).toMatchObject({ gold: 1, found: 1, correct: 1 })
    expect(scores.labels.Age).toMatchObject({ gold: 1, correct: 0 })
    expect(scores.confusion).toEqual({ 'Age -> Name': 1 })
    expect(scores.calibration.length).toBe(10)
  })

  test('counts in UTF-16 units where told to, and then finds what was shifted wrong', async () => {
    const scores = await runCli(['evaluate', '--json', '--offsets', 'utf16', corpus()])
    expect(JSON.parse(scores.stdout).micro).toMatchObject({ gold: 7, correct: 0 })
  })

  test('changes the text by a transform that keeps every offset', async () => {
    const { code, stdout } = await runCli(['evaluate', '--json', '--transform', 'upper', corpus()])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).micro.correct).toBeGreaterThan(0)
  })

  test.each([
    ['without a file', [], 'name the FILE.jsonl'],
    ['an unknown transform', ['--transform', 'rot13', 'x'], '--transform is none, upper, lower, one-line'],
    ['an unknown unit', ['--offsets', 'bytes', 'x'], '--offsets is codepoint or utf16']
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await runCli(['evaluate', ...args])
    expect([code, stderr]).toEqual([1, `ner-jsl: ${message}\n`])
  })

  test('says what is wrong with a model folder', async () => {
    const { code, stderr } = await runCli(['evaluate', '--model', '/no/such/model', corpus()])
    expect([code, stderr]).toEqual([1, 'ner-jsl: the model folder has no readable manifest.json\n'])
  })
})
