import type { Assertion } from './context/assertion.ts'
import type { Relation } from './schemas/entity.ts'
import type { RecognitionOptions } from './schemas/options.ts'
import type { Span } from './span.ts'

/** Confidences are multiples of one over this, so that what is filtered by is what is shown. */
export const CONFIDENCE_STEPS = 1e6

/** An entity of a text; offsets are UTF-16 units of the text as given. */
export interface FoundEntity extends Span {
  readonly label: string
  /** probability under the CRF that exactly this span is an entity of this label */
  readonly confidence: number
  /** only where asked for, and only of the labels that are asserted */
  readonly assertion?: Assertion
  /** the header that governs it; only where asked for, and where there is one */
  readonly section?: Span
}

/** A text to analyze. */
export interface TextRequest {
  readonly text: string
  readonly options?: RecognitionOptions | undefined
  /** where it begins in the text that spans are to count in, when it is a part of one */
  readonly offset?: number
  /** only these rows of the network, where several workers share a text */
  readonly share?: Share | undefined
}

/** Every row of a text whose number leaves `index` when it is divided by `of`. */
export interface Share {
  readonly index: number
  readonly of: number
}

export interface AnalyzedText {
  entities: FoundEntity[]
  /** only where asked for */
  relations?: Relation[]
  sentences?: Span[]
  tokens?: Span[]
  /** sentences that end only because they reached the limit of the rules */
  cutSentences: Span[]
}

/** Whether the options let an entity into the answer. */
export function wantedBy({
  labels,
  minConfidence = 0
}: RecognitionOptions): (entity: FoundEntity) => boolean {
  const wanted = labels && new Set(labels)
  return ({ label, confidence }) => confidence >= minConfidence && (!wanted || wanted.has(label))
}

/** Where the time of a call went, in milliseconds, and its size. */
export interface Work {
  pipeline: number
  inference: number
  decoding: number
  sentences: number
  tokens: number
  /** tokens that are no word of the vocabulary */
  unknown: number
  /** cells of the network's input, padding included */
  cells: number
}

/** Of a call that has done nothing yet. */
export function noWork(): Work {
  return { pipeline: 0, inference: 0, decoding: 0, sentences: 0, tokens: 0, unknown: 0, cells: 0 }
}

export interface Analysis {
  readonly texts: readonly AnalyzedText[]
  readonly work: Work
}
