/**
 * IOB2 over `labels` labels as tag ids: O is 0, B- of label k is 1 + k, I- of label k is 1 + labels + k.
 * I- of a label may follow only B- or I- of the same label; everything else may follow anything.
 */
export interface TagScheme {
  readonly labels: number
  readonly tags: number
  /** O and all B-: the tags that may follow anything. They come first: 0 to `free - 1`. */
  readonly free: number
}

export const OUTSIDE = 0

export function iob2(labels: number): TagScheme {
  return { labels, tags: 1 + 2 * labels, free: 1 + labels }
}

export function beginTag(label: number): number {
  return 1 + label
}

export function insideTag(scheme: TagScheme, label: number): number {
  return scheme.free + label
}

/** Label of a tag other than O. */
export function labelOf(scheme: TagScheme, tag: number): number {
  return tag < scheme.free ? tag - 1 : tag - scheme.free
}
