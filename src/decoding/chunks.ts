import { labelOf, OUTSIDE, type TagScheme } from './tag-scheme.ts'

/** An entity as a range of tokens `[first, last)`, relative to where the tags start. */
export interface Chunk {
  readonly first: number
  readonly last: number
  readonly label: number
}

/** Entities of a legal IOB2 sequence, the tags `from` to `to - 1`; token numbers count from `from`. */
export function chunksOf(scheme: TagScheme, tags: Uint8Array, from: number, to: number): Chunk[] {
  const chunks: Chunk[] = []
  for (let token = from; token < to; ) {
    const tag = tags[token]
    const first = token++
    if (tag === OUTSIDE) continue
    while (token < to && tags[token] >= scheme.free) token++
    chunks.push({ first: first - from, last: token - from, label: labelOf(scheme, tag) })
  }
  return chunks
}
