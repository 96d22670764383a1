import { describe, expect, test } from 'vitest'
import type { AnalyzedText, TextRequest } from '../../src/analysis.ts'
import { inContext, workerOptions } from '../../src/recognition/in-context.ts'
import { marked } from '../context/marked.ts'

const { text, mentions, sentences } = marked(
  '{PLAN|section}: {No|no} {fever|symptom}. {Aspirin|drug} {81 mg|dose} {daily|often}.'
)
const analyzed: AnalyzedText = {
  entities: mentions.map((mention, i) => ({ ...mention, confidence: i === 3 ? 0.5 : 0.9 })),
  sentences: [...sentences],
  cutSentences: []
}
const ask = (options: TextRequest['options']): AnalyzedText => inContext({ text, options }, analyzed)

describe('context of entities', () => {
  test.each([undefined, {}, { include: ['tokens' as const] }, { labels: ['Dosage'], minConfidence: 0.5 }])(
    'costs nothing when it is not asked for: %j',
    options => {
      expect(ask(options)).toBe(analyzed)
      expect(workerOptions(options)).toBe(options)
    }
  )

  test('is read from all entities, whatever the caller wants to see', () => {
    expect(
      workerOptions({ labels: ['Dosage'], minConfidence: 0.9, include: ['assertion', 'tokens'] })
    ).toEqual({ include: ['assertion', 'tokens', 'sentences'] })
    expect(ask({ labels: ['Symptom_Name'], include: ['assertion', 'section'] })).toEqual({
      entities: [
        {
          ...mentions[2],
          confidence: 0.9,
          assertion: { status: 'absent', cue: { start: 6, end: 8 } },
          section: { start: 0, end: 4 }
        }
      ],
      cutSentences: []
    })
  })

  test('has what was asked for and no more', () => {
    expect(Object.keys(ask({ include: ['relations'] }))).toEqual(['entities', 'relations', 'cutSentences'])
    expect(ask({ include: ['relations'] }).entities).toEqual(analyzed.entities)
    expect(ask({ include: ['section', 'sentences'] }).sentences).toEqual(sentences)
    expect(ask({ include: ['section'] }).relations).toBeUndefined()
  })

  test('relations are between entities of the answer, by their place in it', () => {
    expect(ask({ include: ['relations'] }).relations).toEqual([
      { head: 3, dependent: 4 },
      { head: 3, dependent: 5 }
    ])
    expect(ask({ labels: ['Drug_Name', 'Frequency'], include: ['relations'] }).relations).toEqual([
      { head: 0, dependent: 1 }
    ])
    expect(ask({ minConfidence: 0.8, include: ['relations'] }).relations).toEqual([])
  })
})
