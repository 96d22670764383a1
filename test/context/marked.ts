import type { Mention } from '../../src/context/mention.ts'
import type { Span } from '../../src/span.ts'
import { split } from '../helpers/split.ts'

const labels: Readonly<Record<string, string>> = {
  section: 'Section_Name',
  drug: 'Drug_Name',
  dose: 'Dosage',
  route: 'Route',
  often: 'Frequency',
  lab: 'Lab_Name',
  result: 'Lab_Result',
  symptom: 'Symptom_Name',
  dx: 'Diagnosis',
  procedure: 'Procedure_Name',
  substance: 'Substance_Name',
  modifier: 'Modifier',
  no: 'Negated',
  not: 'Negation',
  maybe: 'Maybe'
}

export interface Marked {
  readonly text: string
  readonly mentions: readonly Mention[]
  /** as the pipeline finds them */
  readonly sentences: readonly Span[]
}

/** A text whose entities are marked like `{fever|symptom}`. */
export function marked(source: string): Marked {
  const mentions: Mention[] = []
  let text = ''
  let at = 0
  for (const { 0: mark, 1: words, 2: label, index } of source.matchAll(/\{([^|{}]+)\|(\w+)\}/g)) {
    text += source.slice(at, index)
    mentions.push({ start: text.length, end: text.length + words.length, label: labels[label] })
    text += words
    at = index + mark.length
  }
  text += source.slice(at)
  const { tokens, sentences } = split(text)
  return {
    text,
    mentions,
    sentences: Array.from({ length: sentences.count }, (_, i) => ({
      start: tokens.starts[sentences.bounds[i]],
      end: tokens.ends[sentences.bounds[i + 1] - 1]
    }))
  }
}
