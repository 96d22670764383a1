import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Entry, Wanted } from '../../src/annotation/document.ts'
import { readCsv } from '../../src/annotation/read-csv.ts'
import { listTexts, readFolder } from '../../src/annotation/read-folder.ts'
import { readNdjson } from '../../src/annotation/read-ndjson.ts'
import { suggestFormat } from '../../src/annotation/source.ts'
import { ServiceError } from '../../src/errors.ts'

const fields = { text: 'text', id: 'id' }
const all: Wanted = () => true

/** Each entry as its number, place, and document or code. */
async function listed(entries: AsyncIterable<Entry>): Promise<unknown[]> {
  const list: unknown[] = []
  for await (const { number, where, content } of entries) {
    list.push([number, where, content instanceof ServiceError ? content.code : content])
  }
  return list
}

const streamOf = (content: string | Buffer): Readable => Readable.from([Buffer.from(content)])

describe('NDJSON', () => {
  const read = (content: string | Buffer, wanted = all, limit = 100, names = fields) =>
    listed(readNdjson(streamOf(content), names, limit, wanted))

  test('has a document a line, whatever else is in it', async () => {
    const lines = '{"id":"a","text":"x","unit":"ICU"}\n\n{"text":""}\r\n{"id":7,"text":"é\\ud83d"}'
    expect(await read(lines)).toEqual([
      [0, 'line 1', { id: 'a', text: 'x' }],
      [2, 'line 3', { id: '3', text: '' }],
      [3, 'line 4', { id: '7', text: 'é\ud83d' }]
    ])
  })

  test('says what is wrong with a line, and goes on', async () => {
    const lines = [
      '{',
      '[]',
      'null',
      '{"id":"a"}',
      '{"id":true,"text":"x"}',
      `{"text":"${'x'.repeat(100)}"}`,
      '{"__proto__":{"text":"x"}}'
    ]
    const broken = Buffer.concat([Buffer.from('\n"'), Buffer.from([0xff]), Buffer.from('"')])
    const entries = await read(Buffer.concat([Buffer.from(lines.join('\n')), broken]))
    expect(entries.map(entry => (entry as unknown[])[2])).toEqual([
      'invalid_json',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'invalid_request',
      'line_too_long',
      'invalid_request',
      'invalid_encoding'
    ])
  })

  test('gives what is wanted, with members of other names', async () => {
    const lines = [0, 1, 2, 3].map(i => `{"key":"k${i}","note":"n${i}"}`).join('\n')
    expect(await read(lines, number => number % 2 === 1, 100, { text: 'note', id: 'key' })).toEqual([
      [1, 'line 2', { id: 'k1', text: 'n1' }],
      [3, 'line 4', { id: 'k3', text: 'n3' }]
    ])
  })
})

describe('CSV', () => {
  const read = (content: string | Buffer, wanted = all, delimiter: ',' | '\t' = ',') =>
    listed(readCsv(streamOf(content), delimiter, fields, 1000, wanted))

  test('has a document a record, with quotes, commas and ends of lines in it', async () => {
    const content = '\ufefftext,unit,id\r\n"He said ""no"",\r\nand left.",ICU,a\r\nplain,,\r\n'
    expect(await read(content)).toEqual([
      [0, 'record 1', { id: 'a', text: 'He said "no",\r\nand left.' }],
      [1, 'record 2', { id: '2', text: 'plain' }]
    ])
  })

  test('has tabs between columns where it is TSV', async () => {
    expect(await read('id\ttext\na\tx, y\n', all, '\t')).toEqual([[0, 'record 1', { id: 'a', text: 'x, y' }]])
  })

  test('says what is wrong with a record, and goes on', async () => {
    const content = Buffer.concat([
      Buffer.from('id,text\na\nb,'),
      Buffer.from([0xff]),
      Buffer.from('\nc,x\n')
    ])
    expect(await read(content)).toEqual([
      [0, 'record 1', 'invalid_request'],
      [1, 'record 2', 'invalid_encoding'],
      [2, 'record 3', { id: 'c', text: 'x' }]
    ])
  })

  test('gives what is wanted', async () => {
    expect(await read('id,text\na,x\nb,y\nc,z\n', number => number > 1)).toEqual([
      [2, 'record 3', { id: 'c', text: 'z' }]
    ])
  })

  test.each([
    ['a column that is not there', 'id,note\na,x\n', 'no column text'],
    ['broken quotes', 'id,text\na,"Jane" Roe\n', 'record 1: not valid CSV'],
    ['a record without end', `id,text\na,"${'Jane '.repeat(500)}`, 'not valid CSV']
  ])('ends at %s, which it does not quote', async (_what, content, message) => {
    const error = await read(content).catch((error: Error) => error)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toContain(message)
    expect((error as Error).message).not.toContain('Jane')
  })

  test('ends at an error of the stream', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('id,text\na,x\n')
        throw new Error('disk')
      })()
    )
    await expect(listed(readCsv(broken, ',', fields, 1000, all))).rejects.toThrow('disk')
  })
})

describe('a folder', () => {
  function folder(files: Record<string, string | Buffer>): string {
    const path = mkdtempSync(join(tmpdir(), 'ner-jsl-folder-'))
    onTestFinished(() => rmSync(path, { recursive: true }))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
    return path
  }

  test('has a document a text, in the order of the names', async () => {
    const path = folder({
      'b.txt': 'second',
      'a.txt': '',
      'c.ann': 'no text',
      'd.txt': Buffer.from([0xff]),
      'e.txt': 'x'.repeat(11)
    })
    const names = await listTexts(path)
    expect(await listed(readFolder(path, names, 10, number => number !== 0))).toEqual([
      [1, 'file b.txt', { id: 'b', text: 'second' }],
      [2, 'file d.txt', 'invalid_encoding'],
      [3, 'file e.txt', 'line_too_long']
    ])
    expect(suggestFormat(path)).toBe('txt')
  })
})

test.each([
  ['notes.csv', 'csv'],
  ['NOTES.TSV', 'tsv'],
  ['notes.jsonl', 'ndjson'],
  ['-', 'ndjson']
])('%s is taken for %s', (path, format) => {
  expect(suggestFormat(path)).toBe(format)
})
