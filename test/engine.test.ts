import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnalyzedText, FoundEntity } from '../src/analysis.ts'
import { Engine } from '../src/engine.ts'
import { passGoldenNote } from '../src/golden.ts'
import { loadModel } from '../src/model/load-model.ts'
import type { Model } from '../src/model/verified-model.ts'
import { UNKNOWN } from '../src/model/vocabulary.ts'
import { joinParts } from '../src/recognition/parts.ts'
import type { RecognitionOptions } from '../src/schemas/options.ts'
import type { Span } from '../src/span.ts'
import { modelFolder } from './helpers/model-folder.ts'
import { note, notes } from './helpers/notes.ts'

let model: Model
let engine: Engine

beforeAll(async () => {
  model = await loadModel(modelFolder)
  engine = await Engine.open(model)
})
afterAll(() => engine.close())

async function analyze(text: string, options = {}): Promise<AnalyzedText> {
  const { texts } = await engine.analyze([{ text, options }])
  return texts[0]
}

/** Pieces that break careless offsets, between words that the model knows. */
const pieces = fc.constantFrom(
  ...['chest pain', 'aspirin 81 mg', 'p.o.', 'denies', 'fever', 'BP 120/80', 'DIAGNOSIS:', 'He'],
  ...[' ', ' ', '\n', '\r\n', '\t', '\u00a0', '\u2028', '.', ', ', '; ', '(', ')', '\u0000', '\ufeff'],
  ...[
    '\u{1f600}',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\u{20000}',
    'e\u0301',
    '\u0301',
    '\ud83d',
    '\ude00',
    '\u05d0\u05d1'
  ]
)
const nastyText = fc.array(pieces, { maxLength: 60 }).map(parts => parts.join(''))

describe('the engine', () => {
  test('passes the golden note of its model', async () => {
    await expect(passGoldenNote(engine, model.manifest)).resolves.toBeUndefined()
  })

  test('answers the same, bit by bit, when it has forgotten every word of a note', async () => {
    const text = 'No chest pain today. Aspirin 81 mg daily.'
    const before = await analyze(text)
    const words = (first: number): string =>
      Array.from({ length: 9000 }, (_, i) => `w${(first + i).toString(36)}`).join(' ')
    // More words than gates are kept of, then more than forms are, among calls that always overlap.
    for (const first of [0, 9000, 18_000]) {
      const long = engine.analyze([{ text: words(first) }])
      expect((await engine.analyze([{ text }])).texts[0]).toEqual(before)
      await long
      expect(await analyze(text)).toEqual(before)
    }
  })

  test('refuses a golden note that says something else', async () => {
    const golden = { ...model.manifest.golden, entities: model.manifest.golden.entities.slice(1) }
    await expect(passGoldenNote(engine, { ...model.manifest, golden })).rejects.toThrow(/golden note/)
  })

  test('finds what a clinician would in a note', async () => {
    const { entities } = await analyze(note)
    const found = entities.map(({ start, end, label }) => [note.slice(start, end), label])
    expect(found).toEqual(
      expect.arrayContaining([
        ['71-year-old', 'Age'],
        ['woman', 'Gender'],
        ['congestive heart failure', 'Diagnosis'],
        ['denies', 'Negated'],
        ['chest pain', 'Symptom_Name'],
        ['127/72', 'Blood_Pressure'],
        ['furosemide', 'Drug_Name'],
        ['40 mg', 'Dosage'],
        ['IV', 'Route'],
        ['b.i.d.', 'Frequency']
      ])
    )
  })

  test('counts the spans of a part from the beginning of its text', async () => {
    const text = `${'word '.repeat(600)}${note}`
    const options: RecognitionOptions = { include: ['sentences', 'tokens'] }
    const [own, moved] = (
      await engine.analyze([
        { text, options },
        { text, options, offset: 100 }
      ])
    ).texts
    const move = <Found extends Span>(spans: readonly Found[] = []): Found[] =>
      spans.map(span => ({ ...span, start: span.start + 100, end: span.end + 100 }))
    expect(own.cutSentences.length).toBeGreaterThan(0)
    expect(moved).toEqual({
      entities: move(own.entities),
      sentences: move(own.sentences),
      tokens: move(own.tokens),
      cutSentences: move(own.cutSentences)
    })
  })

  test('gives spans inside the text, in order, disjoint, on token ends, for any text', async () => {
    await fc.assert(
      fc.asyncProperty(nastyText, async text => {
        const {
          entities,
          tokens = [],
          sentences = []
        } = await analyze(text, { include: ['tokens', 'sentences'] })
        const starts = new Set(tokens.map(({ start }) => start))
        const ends = new Set(tokens.map(({ end }) => end))
        let last = 0
        for (const { start, end, confidence } of entities) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(text.length)
          expect(starts.has(start) && ends.has(end)).toBe(true)
          expect(confidence).toBeGreaterThan(0)
          expect(confidence).toBeLessThanOrEqual(1)
          expect(sentences.some(sentence => sentence.start <= start && end <= sentence.end)).toBe(true)
          last = end
        }
      }),
      { numRuns: 300, seed: 7 }
    )
  })

  test('answers a note with the same bits alone and among 200 others, in any company', async () => {
    const alone = new Map<string, readonly FoundEntity[]>()
    for (const { id, text } of notes) alone.set(id, (await analyze(text)).entities)
    for (let round = 0; round < 5; round++) {
      const company = Array.from({ length: 200 }, (_, i) => {
        const { text } = notes[(i * 7 + round) % notes.length]
        return { text: text.slice((i * 13) % 90, text.length - ((i * 29 + round * 17) % 120)) }
      })
      for (const { id, text } of notes) {
        const place = (id.length * 31 + round * 40) % company.length
        const { texts } = await engine.analyze(company.toSpliced(place, 0, { text }))
        expect(texts[place].entities).toStrictEqual(alone.get(id))
      }
    }
  })

  test('finds in the shares of a text what it finds in the text, with the same bits, and says the rest once', async () => {
    const options: RecognitionOptions = { include: ['sentences', 'tokens'] }
    const long = notes.map(({ text }) => text).join('\n')
    for (const text of [...notes.map(({ text }) => text), long, 'word '.repeat(600), 'x', '']) {
      const whole = await engine.analyze([{ text, options, offset: 7 }])
      for (const of of [2, 3]) {
        const analyses = []
        for (let index = 0; index < of; index++) {
          analyses.push(await engine.analyze([{ text, options, offset: 7, share: { index, of } }]))
        }
        const shares = analyses.map(({ texts }) => texts[0])
        expect(joinParts(shares)).toStrictEqual(whole.texts[0])
        expect(shares.slice(1).flatMap(({ tokens }) => tokens)).toEqual([])
        for (const key of ['sentences', 'tokens', 'unknown'] as const) {
          expect(analyses.reduce((sum, { work }) => sum + work[key], 0)).toBe(whole.work[key])
        }
      }
    }
  })

  test('answers calls that overlap as it does one after the other', async () => {
    const calls = Array.from({ length: 12 }, (_, i) =>
      Array.from({ length: i % 3 === 0 ? 60 : 1 }, (_, j) => ({ text: notes[(i + j) % notes.length].text }))
    )
    const alone = []
    for (const call of calls) alone.push((await engine.analyze(call)).texts)
    const ends: number[] = []
    const together = await Promise.all(
      calls.map(async (call, i) => {
        const { texts } = await engine.analyze(call)
        ends.push(i)
        return texts
      })
    )
    expect(together).toStrictEqual(alone)
    // A small call did not wait for the large one before it.
    expect(ends.indexOf(1)).toBeLessThan(ends.indexOf(0))
  })

  test('tells how much it worked, whatever is asked of it', async () => {
    const texts = notes.map(({ text }) => ({ text, options: { labels: ['Age'] } }))
    const { work } = await engine.analyze(texts)
    const include = ['tokens', 'sentences'] as const
    let tokens = 0
    let sentences = 0
    let unknown = 0
    for (const { text } of texts) {
      const analyzed = await analyze(text, { include })
      sentences += analyzed.sentences?.length ?? 0
      for (const { start, end } of analyzed.tokens ?? []) {
        tokens++
        if (model.words.id(text.slice(start, end)) === UNKNOWN) unknown++
      }
    }
    expect(work).toMatchObject({ tokens, sentences, unknown })
    expect(unknown).toBeGreaterThan(0)
    expect(work.cells).toBeGreaterThanOrEqual(tokens)
  })

  test.each([
    ['nothing', ''],
    ['white space', ' \t\r\n\u00a0\u2028 '],
    ['an emoji', '\u{1f600}'],
    ['one character', 'x'],
    ['a lone surrogate', '\ud800'],
    ['NUL', '\u0000']
  ])('answers %s', async (_name, text) => {
    const { entities, cutSentences } = await analyze(text)
    expect(cutSentences).toEqual([])
    for (const { start, end } of entities) expect(text.slice(start, end)).not.toBe('')
  })

  test('reads a sentence of 5,000 tokens to its end, and says where it was cut', async () => {
    const text = `${'the patient was seen and felt well '.repeat(714)}and denies chest pain`
    const { entities, cutSentences } = await analyze(text)
    expect(text.slice(entities.at(-1)?.start, entities.at(-1)?.end)).toBe('chest pain')
    expect(cutSentences.length).toBeGreaterThan(8)
  })

  test('reads a note of 1 MB to its end', async () => {
    const filler = 'The wound was irrigated and closed in layers. '
    const text = `${filler.repeat(Math.ceil(1_000_000 / filler.length))}He denies chest pain.`
    const { entities } = await analyze(text)
    expect(text.slice(entities.at(-1)?.start, entities.at(-1)?.end)).toBe('chest pain')
  })

  test('reads a word of 1 MB', async () => {
    const text = `${'x'.repeat(1_000_000)} denies fever`
    const { entities } = await analyze(text)
    expect(entities.map(({ start, end }) => text.slice(start, end))).toContain('fever')
  })

  test('returns only the labels and confidences asked for', async () => {
    const all = (await analyze(note)).entities
    const drugs = (await analyze(note, { labels: ['Drug_Name', 'Dosage'] })).entities
    expect(drugs).toStrictEqual(all.filter(({ label }) => label === 'Drug_Name' || label === 'Dosage'))
    const sure = (await analyze(note, { minConfidence: 0.99 })).entities
    expect(sure).toStrictEqual(all.filter(({ confidence }) => confidence >= 0.99))
    expect(sure.length).toBeLessThan(all.length)
  })

  test('returns tokens and sentences only when asked', async () => {
    expect(Object.keys(await analyze(note)).sort()).toEqual(['cutSentences', 'entities'])
  })

  test('does not care how lines end', async () => {
    const unix = note.replaceAll('\r\n', '\n')
    const found = (text: string, { entities }: AnalyzedText) =>
      entities.map(({ start, end, label, confidence }) => [text.slice(start, end), label, confidence])
    expect(found(unix, await analyze(unix))).toStrictEqual(found(note, await analyze(note)))
  })
})
