import { expect, test } from 'vitest'
import { assertionsOf } from '../../src/context/assertions.ts'
import { clauseEnds } from '../../src/context/clauses.ts'
import { marked } from './marked.ts'

/** Each asserted mention with its status and cue, in words: `fever: absent (denies)`. */
function asserted(source: string): string[] {
  const { text, mentions, sentences } = marked(source)
  const found = assertionsOf(text, mentions, clauseEnds(text, sentences, mentions))
  return mentions.flatMap(({ start, end }, i) => {
    const assertion = found[i]
    if (!assertion) return []
    const { status, cue } = assertion
    return [`${text.slice(start, end)}: ${status}${cue ? ` (${text.slice(cue.start, cue.end)})` : ''}`]
  })
}

test.each<[string, string, string[]]>([
  ['nothing said', 'She has {fever|symptom}.', ['fever: present']],
  [
    'a list',
    '{Denies|no} {fever|symptom}, {chills|symptom}, or {cough|symptom}.',
    ['fever: absent (Denies)', 'chills: absent (Denies)', 'cough: absent (Denies)']
  ],
  [
    'a word that ends the scope',
    '{No|no} {fever|symptom} but {cough|symptom}.',
    ['fever: absent (No)', 'cough: present']
  ],
  [
    'a new statement',
    '{Denies|no} {fever|symptom}, reports {cough|symptom}.',
    ['fever: absent (Denies)', 'cough: present']
  ],
  ['a sentence end', '{No|no} {fever|symptom}. {Cough|symptom}.', ['fever: absent (No)', 'Cough: present']],
  ['the end of a line', '{No|no} {fever|symptom}\n{Cough|symptom}', ['fever: absent (No)', 'Cough: present']],
  [
    'a line that was wrapped',
    '{Denies|no} {fever|symptom},\n{cough|symptom}',
    ['fever: absent (Denies)', 'cough: absent (Denies)']
  ],
  [
    'a header within the line',
    '{No|no} {fever|symptom}, {Lungs|section}: {rales|symptom}',
    ['fever: absent (No)', 'rales: present']
  ],
  [
    'the next cue',
    '{No|no} {fever|symptom}, {possible|maybe} {pneumonia|dx}.',
    ['fever: absent (No)', 'pneumonia: possible (possible)']
  ],
  ['pseudo-negation', '{No|no} significant change in {cough|symptom}.', ['cough: present']],
  ['not only', '{Not|no} only {fever|symptom}.', ['fever: present']],
  ['a cue after it', '{MI|dx} was {ruled out|no}.', ['MI: absent (ruled out)']],
  [
    'a cue after a list',
    '{Fever|symptom} and {chills|symptom} are {denied|no}.',
    ['Fever: absent (denied)', 'chills: absent (denied)']
  ],
  [
    'a cue that could follow, but governs',
    'A man with {diabetes|dx} {denied|no} {fever|symptom}.',
    ['diabetes: present', 'fever: absent (denied)']
  ],
  [
    'an exclusion that is denied',
    '{Cannot|no} {rule out|maybe} {PE|dx}.',
    ['PE: possible (Cannot rule out)']
  ],
  [
    'an exclusion that was not made',
    '{PE|dx} has {not|no} been {excluded|no}.',
    ['PE: possible (not been excluded)']
  ],
  [
    'a denial that the model does not see',
    '{PE|dx} could not be {ruled out|no}.',
    ['PE: possible (not be ruled out)']
  ],
  ['an exclusion to come', '{Rule out|maybe} {PE|dx}.', ['PE: possible (Rule out)']],
  ['a doubt that is denied', '{Stroke|dx} is {not|no} {suspected|maybe}.', ['Stroke: absent (not)']],
  [
    'a doubt that is denied, at a distance',
    '{No|no} signs {suggestive of|maybe} {infection|dx}.',
    ['infection: absent (No)']
  ],
  ['a denial in doubt', 'She {may|maybe} {not|no} have {asthma|dx}.', ['asthma: possible (may)']],
  [
    'alternatives',
    '{Possible|maybe} {pneumonia|dx}, {bronchitis|dx}, or {CHF|dx}.',
    ['pneumonia: possible (Possible)', 'bronchitis: possible (Possible)', 'CHF: possible (Possible)']
  ],
  [
    'a doubt of the first alone',
    '{Possible|maybe} {pneumonia|dx} and {anemia|dx}.',
    ['pneumonia: possible (Possible)', 'anemia: present']
  ],
  [
    'versus',
    '{MS|dx} {versus|maybe} {migraine|dx}.',
    ['MS: possible (versus)', 'migraine: possible (versus)']
  ],
  [
    'an act that is negated, and its reason',
    'Did {not|not} receive {heparin|drug} for {DVT|dx}.',
    ['heparin: absent (not)', 'DVT: present']
  ],
  [
    'an act that was done, without effect',
    'Did {not|not} respond to {prednisone|drug}.',
    ['prednisone: present']
  ],
  [
    'a stop',
    '{Lisinopril|drug} was {held|not} for {hypotension|symptom}.',
    ['Lisinopril: absent (held)', 'hypotension: present']
  ],
  ['a change that is negated', '{Rash|symptom} has {not|no} changed.', ['Rash: present']],
  [
    'no cause',
    '{Fall|symptom}, {likely|maybe} due to {syncope|dx}.',
    ['Fall: present', 'syncope: possible (likely)']
  ],
  ['a modifier between', '{No|no} {acute|modifier} {distress|symptom}.', ['distress: absent (No)']]
])('%s', (_name, source, expected) => {
  expect(asserted(source)).toEqual(expected)
})

test('nothing else is asserted', () => {
  expect(asserted('{No|no} {alcohol|substance}. {Na|lab} {140|result}')).toEqual([])
})
