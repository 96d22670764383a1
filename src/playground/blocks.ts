import type { Entity } from '../schemas/entity.ts'

type Span = Pick<Entity, 'start' | 'end'>

/** A part of a note that is laid out by itself: the text from start to end, with entities first to last, half-open. */
export interface Block {
  readonly start: number
  readonly end: number
  readonly first: number
  readonly last: number
}

/** A stretch of a block: an entity, by its index, or what stands between two. */
export interface Segment {
  readonly text: string
  readonly entity?: number
}

/** UTF-16 code units after which a block ends with the line. */
const TARGET = 2_000
/** A line that is longer is broken; what is laid out at once must stay small. */
const LONGEST = 8_000

/**
 * Cuts a note into blocks, so that the browser lays out only those in view. A block ends with a line where it can, so
 * that nothing is seen of it.
 * @param entities in the order of the text, not overlapping; none is cut
 */
export function toBlocks(text: string, entities: readonly Span[]): Block[] {
  const blocks: Block[] = []
  let start = 0
  let first = 0
  while (start < text.length) {
    let end = cutAfter(text, start)
    let last = first
    while (last < entities.length && entities[last].start < end) last++
    if (last > first) end = Math.max(end, entities[last - 1].end)
    blocks.push({ start, end, first, last })
    start = end
    first = last
  }
  return blocks
}

function cutAfter(text: string, start: number): number {
  if (text.length - start <= TARGET) return text.length
  const window = text.slice(start + TARGET, start + LONGEST)
  const line = window.indexOf('\n')
  if (line >= 0) return start + TARGET + line + 1
  if (text.length - start <= LONGEST) return text.length
  const space = window.lastIndexOf(' ')
  if (space >= 0) return start + TARGET + space + 1
  return isLowSurrogate(text.charCodeAt(start + LONGEST)) ? start + LONGEST + 1 : start + LONGEST
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}

/** The stretches of a block in order; together they are its text. */
export function toSegments(
  text: string,
  entities: readonly Span[],
  { start, end, first, last }: Block
): Segment[] {
  const segments: Segment[] = []
  let at = start
  for (let entity = first; entity < last; entity++) {
    const span = entities[entity]
    if (span.start > at) segments.push({ text: text.slice(at, span.start) })
    segments.push({ text: text.slice(span.start, span.end), entity })
    at = span.end
  }
  if (at < end) segments.push({ text: text.slice(at, end) })
  return segments
}

/** Equal for two blocks that look the same, wherever in their notes they stand. */
export function blockKey(
  text: string,
  entities: readonly Entity[],
  { start, end, first, last }: Block
): string {
  const spans = entities
    .slice(first, last)
    .map(entity => `${entity.start - start} ${entity.end - start} ${entity.label}`)
  return `${spans.join('\n')}\n\n${text.slice(start, end)}`
}
