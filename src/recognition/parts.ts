import type { AnalyzedText, TextRequest } from '../analysis.ts'
import type { Span } from '../span.ts'
import { estimateCost } from './cost.ts'
import { workerOptions } from './in-context.ts'

/** Shortest part of a text, in UTF-16 units: about 1,500 tokens, some 20 ms of a worker. */
const PART_LENGTH = 8192
/** Units after the shortest part in which the best place to cut is looked for: longer than the longest sentence. */
const WINDOW_LENGTH = 4096

/**
 * Tokens from which on a text is shared by two workers: some four rows of the network. Shares for more workers would be
 * done little sooner, for the network reads a few rows in hardly more time than one.
 */
const LEAST_SHARED = 256

const SENTENCE_END = /[.!?]\s+(?=\p{Lu})/u
const WHITE_SPACE = /\s/g

/**
 * Where a text is cut into parts that are analyzed on their own, so that a long one is spread over all workers: its
 * ends, ascending, the length of the text last. A part ends after a newline, else after what looks like the end of
 * a sentence, else after white space; never within a token. Depends on nothing but the text, and so does its answer.
 */
export function partEnds(text: string): number[] {
  const ends: number[] = []
  let start = 0
  while (text.length - start > PART_LENGTH + WINDOW_LENGTH) {
    const end = cut(text, start + PART_LENGTH)
    if (end >= text.length) break
    ends.push(end)
    start = end
  }
  ends.push(text.length)
  return ends
}

function cut(text: string, from: number): number {
  const window = text.slice(from, from + WINDOW_LENGTH)
  const newline = window.indexOf('\n')
  if (newline >= 0) return from + newline + 1
  const sentence = SENTENCE_END.exec(window)
  if (sentence) return from + sentence.index + sentence[0].length
  WHITE_SPACE.lastIndex = from
  return WHITE_SPACE.test(text) ? WHITE_SPACE.lastIndex : text.length
}

/** A part of one of several texts. */
export interface Part extends TextRequest {
  /** index of the text */
  readonly of: number
  /** where the part begins in it */
  readonly offset: number
  /** about its tokens */
  readonly cost: number
  /** what it is a share of */
  readonly whole?: Part
}

/** Parts of all texts, in order, with what to ask of a worker. */
export function splitTexts(texts: readonly TextRequest[]): Part[] {
  return texts.flatMap(({ text, options: wanted }, of) => {
    const options = workerOptions(wanted)
    let offset = 0
    return partEnds(text).map(end => {
      const own = text.slice(offset, end)
      const part = { text: own, options, of, offset, cost: estimateCost(own) }
      offset = end
      return part
    })
  })
}

/** The one part of a text as shares for two workers, when it is worth it. Does not change what is found in it. */
export function shareOut(parts: readonly Part[]): readonly Part[] {
  const [part] = parts
  if (parts.length !== 1 || part.cost < LEAST_SHARED) return parts
  return [0, 1].map(index => ({ ...part, cost: part.cost / 2, share: { index, of: 2 }, whole: part }))
}

/** Of each of `count` texts, the indices of its parts. */
export function groupParts(count: number, parts: readonly Part[]): number[][] {
  const groups = Array.from({ length: count }, (): number[] => [])
  parts.forEach(({ of }, i) => {
    groups[of].push(i)
  })
  return groups
}

/** What was found in a text, from what was found in its parts, in their order, or in its shares. */
export function joinParts(parts: readonly AnalyzedText[]): AnalyzedText {
  if (parts.length === 1) return parts[0]
  const [{ sentences, tokens }] = parts
  return {
    entities: inOrder(parts.map(({ entities }) => entities)),
    ...(sentences && { sentences: parts.flatMap(({ sentences = [] }) => sentences) }),
    ...(tokens && { tokens: parts.flatMap(({ tokens = [] }) => tokens) }),
    cutSentences: parts.flatMap(({ cutSentences }) => cutSentences)
  }
}

/** Spans of all lists, each of which is in order; those of parts follow each other, those of shares lie between each other. */
function inOrder<S extends Span>(lists: readonly (readonly S[])[]): S[] {
  const all: S[] = []
  let isAscending = true
  for (const spans of lists) {
    if (all.length > 0 && spans.length > 0 && spans[0].start < all[all.length - 1].start) isAscending = false
    for (const span of spans) all.push(span)
  }
  return isAscending ? all : all.sort((a, b) => a.start - b.start)
}
