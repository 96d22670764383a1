import type { FoundEntity } from '../../analysis.ts'
import type { Span } from '../../span.ts'
import type { Format } from './format.ts'

/** Two columns, token and IOB2 tag, with an empty line after each sentence and a comment with the id before a document. */
export const conllFormat: Format = {
  include: ['sentences', 'tokens'],
  header: '',
  write({ id, text }, { entities, sentences = [], tokens = [] }) {
    const lines = [`# id = ${id.replace(/\s+/g, ' ')}\n`]
    const tagOf = tagger(entities)
    let next = 0
    for (const { end } of sentences) {
      for (; next < tokens.length && tokens[next].end <= end; next++) {
        const token = tokens[next]
        lines.push(`${text.slice(token.start, token.end)}\t${tagOf(token)}\n`)
      }
      lines.push('\n')
    }
    if (sentences.length === 0) lines.push('\n')
    return lines.join('')
  }
}

/** Tags of tokens, asked in their order; entities begin and end where tokens do. */
function tagger(entities: readonly FoundEntity[]): (token: Span) => string {
  let next = 0
  return ({ start }) => {
    while (next < entities.length && entities[next].end <= start) next++
    const entity = entities[next]
    if (!entity || start < entity.start) return 'O'
    return `${start === entity.start ? 'B' : 'I'}-${entity.label}`
  }
}
