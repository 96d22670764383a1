import { ServiceError } from '../errors.ts'
import { isBlank, lineTooLong, parseLine, readLines } from '../ndjson.ts'
import type { Document, Entry, Wanted } from './document.ts'

/** Where a document is in a record. */
export interface Fields {
  readonly text: string
  readonly id: string
}

/**
 * Documents of NDJSON, one object a line; other members are ignored, empty lines too. A document without an id has the
 * number of its line.
 * @param limit longest line, in bytes
 */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array>,
  fields: Fields,
  limit: number,
  wanted: Wanted
): AsyncGenerator<Entry> {
  for await (const { number, bytes } of readLines(chunks, limit)) {
    if (!wanted(number) || (bytes && isBlank(bytes))) continue
    const content = bytes ? toDocument(bytes, fields, String(number + 1)) : lineTooLong(limit)
    yield { number, where: `line ${number + 1}`, content }
  }
}

function toDocument(bytes: Buffer, fields: Fields, line: string): Document | ServiceError {
  try {
    const value = parseLine(bytes)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return notOne('It must be an object.')
    const members = new Map<string, unknown>(Object.entries(value))
    const text = members.get(fields.text)
    const id = members.get(fields.id) ?? line
    if (typeof text !== 'string') return notOne(`${fields.text} must be a string.`)
    if (typeof id !== 'string' && typeof id !== 'number') return notOne(`${fields.id} must be a string.`)
    return { id: String(id), text }
  } catch (error) {
    if (error instanceof ServiceError) return error
    throw error
  }
}

function notOne(detail: string): ServiceError {
  return new ServiceError('invalid_request', { detail })
}
