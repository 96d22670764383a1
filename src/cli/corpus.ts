import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { utf16Offsets } from '../text.ts'

const CorpusEntitySchema = Type.Object({
  start: Type.Integer({ minimum: 0 }),
  end: Type.Integer({ minimum: 0 }),
  label: Type.String({ minLength: 1 })
})

/** One line of a corpus in JSON Lines; entities are absent from unlabelled text. */
const CorpusLineSchema = Type.Object({
  id: Type.String(),
  text: Type.String(),
  entities: Type.Optional(Type.Array(CorpusEntitySchema))
})

export type CorpusEntity = Static<typeof CorpusEntitySchema>
export type CorpusDocument = Static<typeof CorpusLineSchema>

const line = Compile(CorpusLineSchema)

/**
 * Reads a corpus, one JSON object a line, a document at a time.
 * @param path file, or `-` for standard input
 * @param offsets unit of the entities' offsets in the file; the documents yielded count UTF-16 units
 * @throws Error that names the line which is not a document
 */
export async function* readCorpus(
  path: string,
  offsets: 'codepoint' | 'utf16'
): AsyncGenerator<CorpusDocument> {
  const input = path === '-' ? process.stdin : createReadStream(path)
  let number = 0
  for await (const json of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (json.trim() === '') continue
    const document = parseLine(json)
    if (!document) throw new Error(`${path}, line ${number}: not a document with "id" and "text"`)
    const table = offsets === 'codepoint' ? utf16Offsets(document.text) : undefined
    if (table && document.entities) {
      document.entities = document.entities.map(({ start, end, label }) => ({
        start: table[start],
        end: table[end],
        label
      }))
    }
    yield document
  }
}

function parseLine(json: string): CorpusDocument | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return line.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}
