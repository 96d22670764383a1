import { isUtf8 } from 'node:buffer'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ServiceError } from '../errors.ts'
import { lineTooLong } from '../ndjson.ts'
import type { Document, Entry, Wanted } from './document.ts'

const EXTENSION = '.txt'

/** Names of the texts of a folder, sorted. Only these are held: some hundred bytes a file. */
export async function listTexts(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter(name => name.endsWith(EXTENSION)).sort()
}

/**
 * Documents of a folder, one a file; the id is its name without `.txt`.
 * @param limit largest file, in bytes
 */
export async function* readFolder(
  folder: string,
  names: readonly string[],
  limit: number,
  wanted: Wanted
): AsyncGenerator<Entry> {
  for (const [number, name] of names.entries()) {
    if (!wanted(number)) continue
    yield { number, where: `file ${name}`, content: await toDocument(join(folder, name), name, limit) }
  }
}

async function toDocument(path: string, name: string, limit: number): Promise<Document | ServiceError> {
  if ((await stat(path)).size > limit) return lineTooLong(limit)
  const bytes = await readFile(path)
  if (!isUtf8(bytes)) return new ServiceError('invalid_encoding')
  return { id: name.slice(0, -EXTENSION.length), text: bytes.toString('utf8') }
}
