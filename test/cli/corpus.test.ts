import { describe, expect, test } from 'vitest'
import { type CorpusDocument, readCorpus } from '../../src/cli/corpus.ts'
import { jsonLines, temporaryFile } from '../helpers/cli.ts'

async function read(content: string, offsets: 'codepoint' | 'utf16' = 'codepoint') {
  const documents: CorpusDocument[] = []
  const file = temporaryFile('corpus.jsonl', content)
  for await (const document of readCorpus(file, offsets)) documents.push(document)
  return { documents, file }
}

describe('a corpus', () => {
  test('is read a document a line, whatever the ends of lines; blank ones are passed over', async () => {
    const { documents } = await read(
      '{"id":"a","text":"x"}\r\n\n  \n{"id":"b","text":""}\n{"id":"c","text":"z"}'
    )
    expect(documents).toEqual([
      { id: 'a', text: 'x' },
      { id: 'b', text: '' },
      { id: 'c', text: 'z' }
    ])
  })

  test('of nothing has no document', async () => {
    expect((await read('')).documents).toEqual([])
  })

  test('may hold line separators inside a text, as JSON does', async () => {
    const document = { id: 'a', text: 'one\u2028two\u2029three\u0085four\r\nfive' }
    expect((await read(jsonLines([document, document]))).documents).toEqual([document, document])
  })

  test('may hold members that we do not know', async () => {
    const { documents } = await read('{"id":"a","text":"x","source":"clinic"}\n')
    expect(documents[0]).toMatchObject({ id: 'a', text: 'x' })
  })

  test('has its offsets converted from code points, or left as they are', async () => {
    const line = jsonLines([
      { id: 'a', text: '😀 pain 𝒙', entities: [{ start: 2, end: 8, label: 'Symptom_Name' }] }
    ])
    expect((await read(line)).documents[0].entities).toEqual([{ start: 3, end: 10, label: 'Symptom_Name' }])
    expect((await read(line, 'utf16')).documents[0].entities).toEqual([
      { start: 2, end: 8, label: 'Symptom_Name' }
    ])
  })

  test.each([
    ['what is not JSON', '{"id": "b", "text": Halvorsen'],
    ['a list', '["b", "Halvorsen"]'],
    ['a document without an id', '{"text": "Halvorsen"}'],
    ['an id that is a number', '{"id": 1, "text": "Halvorsen"}'],
    ['a text that is not a string', '{"id": "b", "text": ["Halvorsen"]}'],
    ['an entity without a label', '{"id": "b", "text": "Halvorsen", "entities": [{"start": 0, "end": 2}]}'],
    [
      'an entity with an empty label',
      '{"id": "b", "text": "x", "entities": [{"start": 0, "end": 1, "label": ""}]}'
    ],
    ['a negative offset', '{"id": "b", "text": "x", "entities": [{"start": -1, "end": 2, "label": "A"}]}'],
    ['an offset of a half', '{"id": "b", "text": "x", "entities": [{"start": 0.5, "end": 2, "label": "A"}]}']
  ])('is refused for %s, by the number of the line, and nothing is quoted', async (_what, line) => {
    const error = await read(`{"id":"a","text":"Well."}\n\n${line}\n`).catch((reason: Error) => reason)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toMatch(/corpus\.jsonl, line 3: not a document with "id" and "text"$/)
  })

  test.each([
    ['past the end', '😀 pain', 2, 99],
    ['past the end of plain text', 'pain', 0, 5],
    ['before it begins', 'pain', 3, 1]
  ])('is refused for an entity that ends %s, by the number of the line', async (_where, text, start, end) => {
    const line = jsonLines([{ id: 'a', text, entities: [{ start, end, label: 'Symptom_Name' }] }])
    await expect(read(line)).rejects.toThrow(/corpus\.jsonl, line 1: an entity does not lie in the text$/)
  })
})
