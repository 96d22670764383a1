import { isUtf8 } from 'node:buffer'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import { parse } from 'csv-parse'
import { ServiceError } from '../errors.ts'
import type { Document, Entry, Wanted } from './document.ts'
import type { Fields } from './read-ndjson.ts'

const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/** As the parser gives it, in bytes: what is not UTF-8 is to be seen. */
type CsvRecord = readonly Buffer[]

/**
 * Documents of CSV (RFC 4180) or TSV, one a record, the first one naming the columns. A document without an id has the
 * number of its record, from 1. Broken quotes end the reading: what follows cannot be told apart.
 * @param limit longest record, in bytes
 * @throws Error that names the record, or the column that is not there
 */
export async function* readCsv(
  stream: Readable,
  delimiter: ',' | '\t',
  fields: Fields,
  limit: number,
  wanted: Wanted
): AsyncGenerator<Entry> {
  const parser = parse({
    delimiter,
    encoding: null,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: limit
  })
  // An error of the stream comes out of the parser.
  pipeline(stream, withoutMark, parser, () => {})
  let columns: { text: number; id: number } | undefined
  let number = 0
  try {
    for await (const record of parser as AsyncIterable<CsvRecord>) {
      if (!columns) {
        columns = findColumns(record, fields)
        continue
      }
      if (wanted(number)) {
        const content = toDocument(record, columns, String(number + 1))
        yield { number, where: `record ${number + 1}`, content }
      }
      number++
    }
  } catch (error) {
    throw describe(error)
  }
}

/** The bytes without a byte order mark at their beginning: the parser would take it for a request to decode. */
async function* withoutMark(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (!first) yield chunk
    else {
      first = Buffer.concat([first, chunk])
      if (first.length < BYTE_ORDER_MARK.length) continue
      yield first.indexOf(BYTE_ORDER_MARK) === 0 ? first.subarray(BYTE_ORDER_MARK.length) : first
      first = undefined
    }
  }
  if (first && first.length > 0) yield first
}

function findColumns(header: readonly Buffer[], fields: Fields): { text: number; id: number } {
  const names = header.map(String)
  const text = names.indexOf(fields.text)
  if (text < 0)
    throw new Error(`the input has no column ${fields.text}; --text-column names the one with the texts`)
  return { text, id: names.indexOf(fields.id) }
}

function toDocument(
  record: readonly Buffer[],
  columns: { text: number; id: number },
  own: string
): Document | ServiceError {
  const text = record[columns.text]
  if (!text) return new ServiceError('invalid_request', { detail: 'It has too few columns.' })
  const id = record[columns.id]
  if (!isUtf8(text) || (id && !isUtf8(id))) return new ServiceError('invalid_encoding')
  return { id: id && id.length > 0 ? String(id) : own, text: String(text) }
}

/** An error of the parser in words of ours: its own may quote what it read. */
function describe(error: unknown): unknown {
  const { code, records } = error as { code?: unknown; records?: unknown }
  if (typeof code !== 'string' || !code.startsWith('CSV_')) return error
  return new Error(`record ${records}: not valid CSV (${code.slice(4).toLowerCase().replaceAll('_', ' ')})`)
}
