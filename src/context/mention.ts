import type { Span } from '../span.ts'

/** What the rules know of an entity. */
export interface Mention extends Span {
  readonly label: string
}

/** Longest text between two mentions that is looked into, in UTF-16 units: what is further apart is unrelated. */
const MAX_GAP = 200

/** The text of `[start, end)`; undefined when it is too long to relate what stands on either side. */
export function gapText(text: string, start: number, end: number): string | undefined {
  return end - start > MAX_GAP ? undefined : text.slice(start, Math.max(start, end))
}

/** Words of a short text. */
export function countWords(gap: string): number {
  return gap.match(/[\p{L}\p{N}]+/gu)?.length ?? 0
}
