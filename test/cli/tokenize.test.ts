import { describe, expect, test } from 'vitest'
import { jsonLines, runCli, temporaryFile } from '../helpers/cli.ts'
import { split } from '../helpers/split.ts'

interface Tokenized {
  id: string
  tokens: string[]
  spans: [number, number][]
  sentences: number[]
  tags?: string[]
  entities?: [number, number, string][]
}

interface Counts {
  documents: number
  sentences: number
  tokens: number
  entities: number
  unaligned: number
}

/** An entity found by its words, its offsets in code points. */
function entity(text: string, words: string, label: string) {
  const start = Array.from(text.slice(0, text.indexOf(words))).length
  return { start, end: start + Array.from(words).length, label }
}

async function tokenize(documents: readonly unknown[], ...args: string[]) {
  const file = temporaryFile('corpus.jsonl', jsonLines(documents))
  const { code, stdout, stderr } = await runCli(['tokenize', ...args, file])
  expect(code).toBe(0)
  const written = stdout
    .split('\n')
    .filter(Boolean)
    .map((line): Tokenized => JSON.parse(line))
  return { written, counts: JSON.parse(stderr) as Counts }
}

const plain = 'Mr. Tamsin takes Plavix 75 mg q.d. He denies chest pain.'
const astral = '😀 Pt 𝒙 reports 👨‍👩‍👧 chest pain today. No fever 🤒.\r\nT 98.6.'

describe('ner-jsl tokenize', () => {
  test('writes the tokens and sentences of the pipeline, and spans that slice to them', async () => {
    const texts = [plain, astral, 'AFEBRILE', '', ' \n ', 'a\u2028b\u0085c\u2029d "quoted" \\']
    const { written } = await tokenize(texts.map((text, i) => ({ id: `n${i}`, text })))
    expect(written.map(({ id }) => id)).toEqual(texts.map((_text, i) => `n${i}`))
    written.forEach(({ tokens, spans, sentences, tags, entities }, i) => {
      const text = texts[i]
      const expected = split(text)
      expect(tokens).toEqual(spans.map(([start, end]) => text.slice(start, end)))
      expect(spans).toEqual(tokens.map((_token, k) => [expected.tokens.starts[k], expected.tokens.ends[k]]))
      expect(spans.length).toBe(expected.tokens.count)
      expect(sentences).toEqual(Array.from(expected.sentences.bounds))
      expect([tags, entities]).toEqual([undefined, undefined])
    })
  })

  test('tags the entities of labelled documents', async () => {
    const entities = [
      entity(plain, 'Tamsin', 'Name'),
      entity(plain, 'Plavix', 'Drug_Name'),
      entity(plain, '75 mg', 'Dosage'),
      entity(plain, 'q.d.', 'Frequency'),
      entity(plain, 'chest pain', 'Symptom_Name')
    ]
    const { written, counts } = await tokenize([
      { id: 'a', text: plain, entities },
      { id: 'b', text: 'Stable.', entities: [] }
    ])
    const [{ tokens, tags = [] }, without] = written
    expect(without.tags).toEqual(['O', 'O'])
    expect(tokens.map((token, i) => `${token}/${tags[i]}`).join(' ')).toBe(
      'Mr/O ./O Tamsin/B-Name takes/O Plavix/B-Drug_Name 75/B-Dosage mg/I-Dosage q.d./B-Frequency ' +
        'He/O denies/O chest/B-Symptom_Name pain/I-Symptom_Name ./O'
    )
    expect(counts).toEqual({ documents: 2, sentences: 3, tokens: 15, entities: 5, unaligned: 0 })
  })

  test('converts offsets in code points, and writes UTF-16 units', async () => {
    const entities = [
      entity(astral, 'Pt', 'Gender'),
      entity(astral, 'chest pain', 'Symptom_Name'),
      entity(astral, 'fever', 'Symptom_Name'),
      entity(astral, '98.6', 'Temperature')
    ]
    const { written, counts } = await tokenize([{ id: 'a', text: astral, entities }])
    const [{ tokens, tags = [], entities: stored = [] }] = written
    expect(stored.map(([start, end]) => astral.slice(start, end))).toEqual([
      'Pt',
      'chest pain',
      'fever',
      '98.6'
    ])
    expect(tokens.filter((_token, i) => tags[i] !== 'O')).toEqual(['Pt', 'chest', 'pain', 'fever', '98.6'])
    expect(counts.unaligned).toBe(0)
  })

  test('takes offsets in UTF-16 units where told to', async () => {
    const start = astral.indexOf('fever')
    const entities = [{ start, end: start + 5, label: 'Symptom_Name' }]
    const { written } = await tokenize([{ id: 'a', text: astral, entities }], '--offsets', 'utf16')
    expect(written[0].entities).toEqual([[start, start + 5, 'Symptom_Name']])
    expect(written[0].tags?.filter(tag => tag !== 'O')).toEqual(['B-Symptom_Name'])
  })

  test('counts the entities that no tag can express, and keeps them', async () => {
    const entities = [
      entity(plain, 'Plav', 'Drug_Name'),
      entity(plain, '5 mg', 'Dosage'),
      entity(plain, 'q.d. He', 'Frequency'),
      entity(plain, 'chest pain', 'Symptom_Name')
    ]
    const { written, counts } = await tokenize([{ id: 'a', text: plain, entities }])
    expect(counts).toMatchObject({ entities: 4, unaligned: 3 })
    expect(written[0].entities?.length).toBe(4)
    expect(written[0].tags?.filter(tag => tag !== 'O')).toEqual(['B-Symptom_Name', 'I-Symptom_Name'])
  })

  test('reads standard input, passes over blank lines, and adds up', async () => {
    const input = `${jsonLines([{ id: 'a', text: 'No fever. No chills.' }])}\n  \n${jsonLines([{ id: 'b', text: 'Well.' }])}`
    const { code, stdout, stderr } = await runCli(['tokenize'], input)
    expect(code).toBe(0)
    expect(stdout.match(/"id":"."/g)).toEqual(['"id":"a"', '"id":"b"'])
    expect(JSON.parse(stderr)).toEqual({ documents: 2, sentences: 3, tokens: 8, entities: 0, unaligned: 0 })
  })

  test('writes a large corpus whole', async () => {
    const documents = Array.from({ length: 3000 }, (_, i) => ({ id: String(i), text: plain }))
    const { written, counts } = await tokenize(documents)
    expect(written.map(({ id }) => id)).toEqual(documents.map(({ id }) => id))
    expect(counts.documents).toBe(3000)
  })
})

describe('ner-jsl tokenize refuses', () => {
  test.each([
    ['what is not JSON', '{"id": "b", "text": Halvorsen'],
    ['an entity without a label', '{"id": "b", "text": "Halvorsen", "entities": [{"start": 0, "end": 2}]}']
  ])('%s, names the line and quotes nothing of it', async (_what, line) => {
    const file = temporaryFile('corpus.jsonl', `${jsonLines([{ id: 'a', text: 'Well.' }])}\n${line}\n`)
    const { code, stderr } = await runCli(['tokenize', file])
    expect(code).toBe(1)
    expect(stderr).toBe(`ner-jsl: ${file}, line 3: not a document with "id" and "text"\n`)
  })

  test('a file that is not there', async () => {
    const { code, stderr } = await runCli(['tokenize', '/no/such/file.jsonl'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^ner-jsl: ENOENT[^\n]*\n$/)
  })

  test('another unit of offsets', async () => {
    const { code, stderr } = await runCli(['tokenize', '--offsets', 'bytes'])
    expect([code, stderr]).toEqual([1, 'ner-jsl: --offsets is codepoint or utf16\n'])
  })

  test('an option it does not know', async () => {
    const { code, stderr } = await runCli(['tokenize', '--fast'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^ner-jsl: Unknown option '--fast'/)
  })
})

describe('ner-jsl', () => {
  test('lists its commands', async () => {
    const { code, stdout } = await runCli([])
    expect(code).toBe(0)
    for (const command of ['evaluate', 'openapi', 'tokenize']) expect(stdout).toContain(`  ${command} `)
  })

  test('tells the usage of a command', async () => {
    const { code, stdout } = await runCli(['tokenize', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('ner-jsl tokenize [--offsets codepoint|utf16]')
  })

  test('refuses a command it does not know, a name that objects have too', async () => {
    const { code, stderr } = await runCli(['constructor'])
    expect([code, stderr]).toEqual([1, 'ner-jsl: unknown command; see ner-jsl --help\n'])
  })
})
