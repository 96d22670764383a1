import { type AnalyzedText, type FoundEntity, type TextRequest, wantedBy } from '../analysis.ts'
import { type Context, readContext } from '../context/context.ts'
import type { Relation } from '../schemas/entity.ts'
import { contextExtras, type RecognitionOptions } from '../schemas/options.ts'

function wantsContext({ include = [] }: RecognitionOptions): boolean {
  return contextExtras.some(extra => include.includes(extra))
}

/**
 * What to ask of a worker for these options: where the context of entities is wanted, every entity and sentence, since
 * the rules read cues and headers that the caller may not want to see.
 */
export function workerOptions(options: RecognitionOptions | undefined): RecognitionOptions | undefined {
  if (!options || !wantsContext(options)) return options
  return { include: Array.from(new Set([...(options.include ?? []), 'sentences' as const])) }
}

/**
 * Adds the context that a request wants to what workers found with `workerOptions`, and leaves out what it does not.
 * Rules read the whole text, not its parts: a header governs what follows it, however far.
 */
export function inContext({ text, options = {} }: TextRequest, analyzed: AnalyzedText): AnalyzedText {
  if (!wantsContext(options)) return analyzed
  const { entities: all, sentences = [], tokens, cutSentences } = analyzed
  const { include = [] } = options
  const context = readContext(text, all, sentences, new Set(include))
  const wanted = wantedBy(options)
  const entities: FoundEntity[] = []
  /** of each entity, its place in the answer */
  const places = all.map((entity, i) =>
    wanted(entity) ? entities.push(toEntity(entity, context, i)) - 1 : -1
  )
  return {
    entities,
    ...(context.relations && { relations: move(context.relations, places) }),
    ...(include.includes('sentences') && { sentences }),
    ...(tokens && { tokens }),
    cutSentences
  }
}

function toEntity(entity: FoundEntity, { assertions, sections }: Context, i: number): FoundEntity {
  const assertion = assertions?.[i]
  const section = sections?.[i]
  return { ...entity, ...(assertion && { assertion }), ...(section && { section }) }
}

/** Relations between entities that have a place. */
function move(relations: readonly Relation[], places: readonly number[]): Relation[] {
  return relations
    .map(({ head, dependent }) => ({ head: places[head], dependent: places[dependent] }))
    .filter(({ head, dependent }) => head >= 0 && dependent >= 0)
}
