import { type Sentences, splitSentences } from '../../src/pipeline/sentences.ts'
import { type Tokens, tokenize } from '../../src/pipeline/tokens.ts'

export interface Split {
  readonly tokens: Tokens
  readonly sentences: Sentences
  /** the sentences as written */
  readonly spelled: readonly string[]
}

/** Tokens and sentences of a text, and what the sentences say. */
export function split(text: string): Split {
  const tokens = tokenize(text)
  const sentences = splitSentences(text, tokens)
  const spelled = Array.from({ length: sentences.count }, (_, i) =>
    text.slice(tokens.starts[sentences.bounds[i]], tokens.ends[sentences.bounds[i + 1] - 1])
  )
  return { tokens, sentences, spelled }
}
