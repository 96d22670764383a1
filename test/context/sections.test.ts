import { expect, test } from 'vitest'
import { sectionsOf } from '../../src/context/sections.ts'
import { marked } from './marked.ts'

function governed(source: string): (string | undefined)[] {
  const { text, mentions } = marked(source)
  return sectionsOf(text, mentions).map(span => span && text.slice(span.start, span.end))
}

test.each<[string, string, (string | undefined)[]]>([
  ['before any', '{fever|symptom}', [undefined]],
  ['after a header', '{PLAN|section}: {rest|procedure}', [undefined, 'PLAN']],
  ['lines below', '{PLAN|section}\n\n1. {rest|procedure}\n2. {ice|procedure}', [undefined, 'PLAN', 'PLAN']],
  [
    'the nearer of two',
    '{EXAM|section}: {HEENT|section}: {pallor|symptom}. {Lungs|section}: {rales|symptom}',
    [undefined, undefined, 'HEENT', undefined, 'Lungs']
  ],
  [
    'a section that the note only speaks of',
    '{PLAN|section}: see the {assessment|section} above for {fever|symptom}',
    [undefined, undefined, 'PLAN']
  ],
  [
    'a header that begins a line and has no colon',
    '{EXAM|section}\n- {Lungs|section} with {rales|symptom}',
    [undefined, undefined, 'Lungs']
  ]
])('%s', (_name, source, expected) => {
  expect(governed(source)).toEqual(expected)
})
