import { createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { Entry, Source, Wanted } from './document.ts'
import { readCsv } from './read-csv.ts'
import { listTexts, readFolder } from './read-folder.ts'
import { type Fields, readNdjson } from './read-ndjson.ts'

export const inputFormats = ['ndjson', 'txt', 'csv', 'tsv'] as const
export type InputFormat = (typeof inputFormats)[number]

export interface SourceOptions {
  /** file, folder for `txt`, or `-` for standard input */
  readonly path: string
  readonly format: InputFormat
  readonly fields: Fields
  /** longest line, record or file, in bytes */
  readonly limit: number
}

/** The format that a path suggests. */
export function suggestFormat(path: string): InputFormat {
  if (path !== '-' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return 'txt'
  if (/\.csv$/i.test(path)) return 'csv'
  return /\.tsv$/i.test(path) ? 'tsv' : 'ndjson'
}

/** Opens an input. Errors of the file system come with the entries. */
export async function openSource(options: SourceOptions, wanted: Wanted): Promise<Source> {
  return options.format === 'txt' ? openFolder(options, wanted) : openStream(options, wanted)
}

async function openFolder({ path, limit }: SourceOptions, wanted: Wanted): Promise<Source> {
  const names = await listTexts(path)
  let read = 0
  const count: Wanted = number => {
    read = number + 1
    return wanted(number)
  }
  return {
    entries: readFolder(path, names, limit, count),
    progress: () => (names.length === 0 ? 1 : read / names.length)
  }
}

function openStream({ path, format, fields, limit }: SourceOptions, wanted: Wanted): Source {
  const file = path === '-' ? undefined : createReadStream(path)
  const size = file && statSync(path, { throwIfNoEntry: false })?.size
  const stream: Readable = file ?? process.stdin
  const entries: AsyncIterable<Entry> =
    format === 'ndjson'
      ? readNdjson(stream, fields, limit, wanted)
      : readCsv(stream, format === 'csv' ? ',' : '\t', fields, limit, wanted)
  return { entries, progress: () => (file && size ? Math.min(1, file.bytesRead / size) : undefined) }
}
