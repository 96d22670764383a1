import { isUtf8 } from 'node:buffer'
import { ServiceError } from './errors.ts'
import { countRead, countWritten } from './member-counts.ts'

/** A line of NDJSON. */
export interface Line {
  /** from 0; empty lines count */
  readonly number: number
  /** without its end; undefined where it is longer than the limit */
  readonly bytes: Buffer | undefined
}

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.from('\ufeff')

/**
 * Cuts a stream of bytes into lines, holding no more than one of up to `limit` bytes. One that is longer is told of as
 * soon as it is, and passed over to its end.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line> {
  let number = 0
  let held: Buffer[] = []
  let length = 0
  let skipping = false
  const take = (piece: Buffer): Buffer => {
    const bytes = held.length === 0 ? piece : Buffer.concat([...held, piece])
    held = []
    length = 0
    return number === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
  }
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let start = 0
    while (start < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline < 0 ? bytes.length : newline
      if (!skipping) {
        length += end - start
        if (length > limit) {
          skipping = true
          held = []
          length = 0
          yield { number, bytes: undefined }
        } else if (newline >= 0) yield { number, bytes: take(bytes.subarray(start, end)) }
        else held.push(bytes.subarray(start))
      }
      if (newline >= 0) {
        skipping = false
        number++
      }
      start = end + 1
    }
  }
  if (length > 0) yield { number, bytes: take(Buffer.alloc(0)) }
}

/** Whether a line has nothing on it. */
export function isBlank(bytes: Buffer): boolean {
  return bytes.every(byte => byte === 0x20 || byte === 0x0d || byte === 0x09)
}

/**
 * The value of a line.
 * @throws ServiceError invalid_encoding or invalid_json, which do not quote it
 */
export function parseLine(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new ServiceError('invalid_encoding')
  const json = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new ServiceError('invalid_json')
  }
  if (countWritten(json) !== countRead(value)) {
    throw new ServiceError('invalid_json', { detail: 'An object has a member twice.' })
  }
  return value
}

/** A line is longer than the limit, in bytes. */
export function lineTooLong(limit: number): ServiceError {
  return new ServiceError('line_too_long', { detail: `The limit is ${limit} bytes.`, limit })
}
