import type { Entity } from '../schemas/entity.ts'
import type { RecognitionOptions } from '../schemas/options.ts'

/** Which entities are to be seen. */
export interface Filter {
  readonly hiddenLabels: ReadonlySet<string>
  readonly minConfidence: number
}

export const noFilter: Filter = { hiddenLabels: new Set(), minConfidence: 0 }

export function isShown({ label, confidence }: Entity, { hiddenLabels, minConfidence }: Filter): boolean {
  return confidence >= minConfidence && !hiddenLabels.has(label)
}

/** Entities of each label that occurs, those of at least the given confidence; a label that has only others has 0. */
export function countByLabel(entities: readonly Entity[], minConfidence: number): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { label, confidence } of entities) {
    counts.set(label, (counts.get(label) ?? 0) + (confidence >= minConfidence ? 1 : 0))
  }
  return counts
}

/** The options of a request whose answer is what the filter leaves of these entities; undefined if it leaves all. */
export function toOptions(
  entities: readonly Entity[],
  { hiddenLabels, minConfidence }: Filter
): RecognitionOptions | undefined {
  const present = [...new Set(entities.map(({ label }) => label))].sort()
  const labels = present.filter(label => !hiddenLabels.has(label))
  const options = {
    // The service refuses an empty list: nobody asks for nothing.
    ...(labels.length > 0 && labels.length < present.length && { labels }),
    ...(minConfidence > 0 && { minConfidence })
  }
  return Object.keys(options).length > 0 ? options : undefined
}
