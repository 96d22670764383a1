import { createReadStream } from 'node:fs'
import { type Static, Type } from 'typebox'
import { compileValidator } from '../schemas/validator.ts'
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

const isDocument = compileValidator<CorpusDocument>(CorpusLineSchema)

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
  let number = 0
  for await (const json of linesOf(path === '-' ? process.stdin : createReadStream(path))) {
    number++
    if (json.trim() === '') continue
    const document = parseLine(json)
    if (!document) throw new Error(`${path}, line ${number}: not a document with "id" and "text"`)
    const { text, entities } = document
    if (!entities) {
      yield document
      continue
    }
    const table = offsets === 'codepoint' ? utf16Offsets(text) : undefined
    const at = (offset: number): number => (table ? table[offset] : offset)
    const converted = entities.map(({ start, end, label }) => ({ start: at(start), end: at(end), label }))
    if (!converted.every(({ start, end }) => start < end && end <= text.length)) {
      throw new Error(`${path}, line ${number}: an entity does not lie in the text`)
    }
    yield { ...document, entities: converted.sort((a, b) => a.start - b.start) }
  }
}

/** Lines of a stream. Ends at newlines alone: newer versions of Node's own reader also end at U+2028. */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest !== '') yield rest
}

function parseLine(json: string): CorpusDocument | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isDocument(value) ? value : undefined
  } catch {
    return undefined
  }
}
