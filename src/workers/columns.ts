import { type AnalyzedText, CONFIDENCE_STEPS, type FoundEntity } from '../analysis.ts'
import type { Span } from '../span.ts'

/**
 * What was found in texts as columns of whole numbers, for the way from a worker: objects with their names and
 * fractions take three times as long to write and to read.
 */
export interface Columns {
  /** the labels that were found */
  readonly labels: readonly string[]
  readonly texts: readonly TextColumns[]
}

interface TextColumns {
  /** of each entity: start, end, index of its label, confidence in CONFIDENCE_STEPS */
  readonly entities: readonly number[]
  /** of each span: start, end */
  readonly sentences?: readonly number[]
  readonly tokens?: readonly number[]
  readonly cutSentences: readonly number[]
}

const ENTITY_COLUMNS = 4

export function toColumns(texts: readonly AnalyzedText[]): Columns {
  const indices = new Map<string, number>()
  const indexOf = (label: string): number => {
    const index = indices.get(label) ?? indices.size
    indices.set(label, index)
    return index
  }
  const columns = texts.map(({ entities, sentences, tokens, cutSentences }): TextColumns => {
    const numbers: number[] = []
    for (const { start, end, label, confidence } of entities)
      numbers.push(start, end, indexOf(label), Math.round(confidence * CONFIDENCE_STEPS))
    return {
      entities: numbers,
      ...(sentences && { sentences: numbersOf(sentences) }),
      ...(tokens && { tokens: numbersOf(tokens) }),
      cutSentences: numbersOf(cutSentences)
    }
  })
  return { labels: [...indices.keys()], texts: columns }
}

export function fromColumns({ labels, texts }: Columns): AnalyzedText[] {
  return texts.map(({ entities: numbers, sentences, tokens, cutSentences }) => {
    const entities: FoundEntity[] = []
    for (let i = 0; i < numbers.length; i += ENTITY_COLUMNS) {
      entities.push({
        start: numbers[i],
        end: numbers[i + 1],
        label: labels[numbers[i + 2]],
        confidence: numbers[i + 3] / CONFIDENCE_STEPS
      })
    }
    return {
      entities,
      ...(sentences && { sentences: spansOf(sentences) }),
      ...(tokens && { tokens: spansOf(tokens) }),
      cutSentences: spansOf(cutSentences)
    }
  })
}

function numbersOf(spans: readonly Span[]): number[] {
  const numbers: number[] = []
  for (const { start, end } of spans) numbers.push(start, end)
  return numbers
}

function spansOf(numbers: readonly number[]): Span[] {
  const spans: Span[] = []
  for (let i = 0; i < numbers.length; i += 2) spans.push({ start: numbers[i], end: numbers[i + 1] })
  return spans
}
