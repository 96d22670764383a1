import type { Relation } from '../schemas/entity.ts'
import type { Span } from '../span.ts'
import type { Assertion } from './assertion.ts'
import { assertionsOf } from './assertions.ts'
import { clauseEnds } from './clauses.ts'
import type { Mention } from './mention.ts'
import { relationsOf } from './relations.ts'
import { sectionsOf } from './sections.ts'

/** What rules tell of the entities of a text, as far as it was asked for. */
export interface Context {
  /** of each mention */
  readonly assertions?: readonly (Assertion | undefined)[]
  readonly sections?: readonly (Span | undefined)[]
  readonly relations?: readonly Relation[]
}

/**
 * Applies the rules that are asked for. Linear in the number of mentions and sentences; of the text it looks at short
 * passages near them.
 * @param mentions all entities of the text, in order
 * @param sentences of the text, in order
 */
export function readContext(
  text: string,
  mentions: readonly Mention[],
  sentences: readonly Span[],
  wanted: ReadonlySet<string>
): Context {
  const ends = wanted.has('assertion') || wanted.has('relations') ? clauseEnds(text, sentences, mentions) : []
  return {
    ...(wanted.has('assertion') && { assertions: assertionsOf(text, mentions, ends) }),
    ...(wanted.has('section') && { sections: sectionsOf(text, mentions) }),
    ...(wanted.has('relations') && { relations: relationsOf(text, mentions, ends) })
  }
}
