import { toRecognized } from '../../recognition/recognized.ts'
import type { OffsetUnit } from '../../text.ts'
import type { Format } from './format.ts'

/** One object a document, as in the answer of POST /ner/batch. */
export function ndjsonFormat(unit: OffsetUnit): Format {
  return {
    include: [],
    header: '',
    write: ({ id, text }, analyzed) => `${JSON.stringify({ id, ...toRecognized(text, analyzed, unit) })}\n`
  }
}
