import { splitSentences } from '../pipeline/sentences.ts'
import { type Tokens, tokenize } from '../pipeline/tokens.ts'
import { defineCommand } from './command.ts'
import type { CorpusEntity } from './corpus.ts'
import { readCorpus } from './corpus.ts'

/** What training reads: one object a line. All offsets are UTF-16 units of the text. */
interface TokenizedDocument {
  id: string
  /** tokens as written in the text */
  tokens: string[]
  spans: [number, number][]
  /** [sentences + 1] token index where each sentence starts, and the number of tokens */
  sentences: number[]
  /** IOB2, one a token; only for labelled documents */
  tags?: string[]
  /** gold entities as annotated, those that no tag can express included */
  entities?: [number, number, string][]
}

/** Reads a corpus and writes one tokenized document a line to standard output; counts go to standard error. */
export const tokenizeCommand = defineCommand({
  summary: 'write the tokens, sentences and IOB2 tags of a JSONL corpus, for training',
  usage: 'ner-jsl tokenize [--offsets codepoint|utf16] [FILE.jsonl | -] > tokens.jsonl',
  options: { offsets: { type: 'string', default: 'codepoint' } },
  async run(values, positionals) {
    const offsets = values.offsets
    if (offsets !== 'codepoint' && offsets !== 'utf16') throw new Error('--offsets is codepoint or utf16')
    const counts = { documents: 0, sentences: 0, tokens: 0, entities: 0, unaligned: 0 }
    for await (const { id, text, entities } of readCorpus(positionals[0] ?? '-', offsets)) {
      const tokens = tokenize(text)
      const sentences = splitSentences(text, tokens)
      const spans = Array.from({ length: tokens.count }, (_, i): [number, number] => [
        tokens.starts[i],
        tokens.ends[i]
      ])
      const document: TokenizedDocument = {
        id,
        tokens: spans.map(([start, end]) => text.slice(start, end)),
        spans,
        sentences: Array.from(sentences.bounds)
      }
      if (entities) {
        const { tags, unaligned } = tagTokens(tokens, sentences.bounds, entities)
        document.tags = tags
        document.entities = entities.map(({ start, end, label }) => [start, end, label])
        counts.entities += entities.length
        counts.unaligned += unaligned
      }
      counts.documents++
      counts.sentences += sentences.count
      counts.tokens += tokens.count
      if (!process.stdout.write(`${JSON.stringify(document)}\n`)) {
        await new Promise(resolve => process.stdout.once('drain', resolve))
      }
    }
    process.stderr.write(`${JSON.stringify(counts)}\n`)
  }
})

/** IOB2 tags of a document; an entity whose ends are not token ends, or that leaves its sentence, gets none. */
function tagTokens(tokens: Tokens, bounds: Int32Array, entities: readonly CorpusEntity[]) {
  const tags = new Array<string>(tokens.count).fill('O')
  const first = new Map<number, number>()
  const last = new Map<number, number>()
  const sentenceOf = new Int32Array(tokens.count)
  for (let i = 0; i < tokens.count; i++) {
    first.set(tokens.starts[i], i)
    last.set(tokens.ends[i], i)
  }
  for (let sentence = 0; sentence < bounds.length - 1; sentence++) {
    sentenceOf.fill(sentence, bounds[sentence], bounds[sentence + 1])
  }
  let unaligned = 0
  for (const { start, end, label } of entities) {
    const from = first.get(start)
    const to = last.get(end)
    if (from === undefined || to === undefined || sentenceOf[from] !== sentenceOf[to]) {
      unaligned++
      continue
    }
    tags[from] = `B-${label}`
    tags.fill(`I-${label}`, from + 1, to + 1)
  }
  return { tags, unaligned }
}
