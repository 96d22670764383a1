import type { AnalyzedText } from '../../src/analysis.ts'
import type { Outcome } from '../../src/recognition/recognizer.ts'

type Found = AnalyzedText['entities'][number]

/** The words that are known, each with its label and confidence. */
const words: Readonly<Record<string, readonly [string, number]>> = {
  aspirin: ['Drug_Name', 0.95],
  '81 mg': ['Dosage', 0.9],
  daily: ['Frequency', 0.8],
  'chest pain': ['Symptom_Name', 0.6],
  fever: ['Symptom_Name', 0.4],
  denies: ['Negated', 0.99]
}

const known = new RegExp(Object.keys(words).join('|'), 'g')

/** Answers a text by its words alone, so that a test knows what must be shown. */
export function findWords(text: string): Outcome & { analyzed: AnalyzedText } {
  const entities = Array.from(text.matchAll(known), ({ 0: word, index }): Found => {
    const [label, confidence] = words[word]
    return { start: index, end: index + word.length, label, confidence }
  })
  return { analyzed: { entities, cutSentences: [] } }
}
