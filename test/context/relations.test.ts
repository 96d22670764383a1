import { expect, test } from 'vitest'
import { clauseEnds } from '../../src/context/clauses.ts'
import { relationsOf } from '../../src/context/relations.ts'
import { marked } from './marked.ts'

/** Each relation in words: `81 mg of aspirin`. */
function related(source: string): string[] {
  const { text, mentions, sentences } = marked(source)
  const words = (i: number): string => text.slice(mentions[i].start, mentions[i].end)
  return relationsOf(text, mentions, clauseEnds(text, sentences, mentions)).map(
    ({ head, dependent }) => `${words(dependent)} of ${words(head)}`
  )
}

test.each<[string, string, string[]]>([
  [
    'a list in a line',
    '{Aspirin|drug} {81 mg|dose} {daily|often}, {Lasix|drug} {40 mg|dose} {p.o.|route} {b.i.d.|often}',
    ['81 mg of Aspirin', 'daily of Aspirin', '40 mg of Lasix', 'p.o. of Lasix', 'b.i.d. of Lasix']
  ],
  [
    'a list in lines',
    '1. {Aspirin|drug} {81 mg|dose}\n2. {Lasix|drug} {40 mg|dose}',
    ['81 mg of Aspirin', '40 mg of Lasix']
  ],
  [
    'a dose of two drugs belongs to the nearer one',
    '{aspirin|drug} and {clopidogrel|drug} {75 mg|dose}',
    ['75 mg of clopidogrel']
  ],
  [
    'a dose before its drug',
    'Given {2 g|dose} of {cefazolin|drug} {IV|route} and {50 mcg|dose} {fentanyl|drug}.',
    ['2 g of cefazolin', 'IV of cefazolin', '50 mcg of fentanyl']
  ],
  [
    'a route before its drug, after another one',
    '{Lasix|drug} {40 mg|dose}, {IV|route} {ketorolac|drug} {30 mg|dose}',
    ['40 mg of Lasix', 'IV of ketorolac', '30 mg of ketorolac']
  ],
  [
    'doses that all come before',
    '{10 mg|dose} {lisinopril|drug} {500 mg|dose} {metformin|drug}',
    ['10 mg of lisinopril', '500 mg of metformin']
  ],
  [
    'no commas at all',
    '{metoprolol|drug} {25 mg|dose} {bid|often} {aspirin|drug} {81 mg|dose}',
    ['25 mg of metoprolol', 'bid of metoprolol', '81 mg of aspirin']
  ],
  [
    'two doses of one drug',
    '{Lantus|drug} {15 units|dose} {in the morning|often} and {10 units|dose} {at bedtime|often}',
    ['15 units of Lantus', 'in the morning of Lantus', '10 units of Lantus', 'at bedtime of Lantus']
  ],
  ['another name', '{omeprazole|drug} ({Prilosec|drug}) {20 mg|dose}', ['20 mg of omeprazole']],
  [
    'its own sentence',
    'He takes {amlodipine|drug}. The dose is {5 mg|dose} {daily|often}.',
    ['5 mg of amlodipine', 'daily of amlodipine']
  ],
  ['its own line', '{Lisinopril|drug}\n{10 mg|dose}', ['10 mg of Lisinopril']],
  ['another section', '{Lisinopril|drug}\n{PLAN|section}: {daily|often} walks', []],
  ['how often something else is done', '{Motrin|drug} helps. Ice it {every hour|often}.', []],
  ['two drugs before', '{A|drug}, {B|drug}.\nThe dose is {5 mg|dose}.', []],
  [
    'how often a procedure is done',
    'Continue {Lasix|drug} {daily|often} and {dialysis|procedure} {three times a week|often}',
    ['daily of Lasix']
  ],
  [
    'the reason of a drug',
    '{ibuprofen|drug} for {pain|symptom} {every 6 hours|often}',
    ['every 6 hours of ibuprofen']
  ],
  [
    'labs',
    '{Na|lab} {138|result}, {K|lab} {4.1|result}. {Creatinine|lab} was {1.4|result}, down from {1.9|result}.',
    ['138 of Na', '4.1 of K', '1.4 of Creatinine', '1.9 of Creatinine']
  ],
  [
    'labs in pairs',
    '{BUN|lab}/{creatinine|lab} {48|result}/{3.2|result}; {AST|lab} and {ALT|lab} were {45|result} and {62|result}',
    ['48 of BUN', '3.2 of creatinine', '45 of AST', '62 of ALT']
  ],
  [
    'a result before its test',
    '{TSH|lab} {normal|result}, {elevated|result} {CRP|lab} of {28|result}',
    ['normal of TSH', 'elevated of CRP', '28 of CRP']
  ],
  ['neither', '{10 mg|dose} and {daily|often}', []],
  ['a drug is no test', '{heparin|drug} {12|result}; {INR|lab} {5 mg|dose}', ['5 mg of heparin']]
])('%s', (_name, source, expected) => {
  expect(related(source)).toEqual(expected)
})
