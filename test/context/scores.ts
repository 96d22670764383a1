import type { Assertion } from '../../src/context/assertion.ts'
import type { Span } from '../../src/span.ts'
import type { AnnotatedEntity, AnnotatedNote } from './annotated.ts'

/** Right, found and annotated facts of one kind. */
export interface Count {
  right: number
  found: number
  gold: number
}

export type Scores = ReadonlyMap<string, Count>

export function f1({ right, found, gold }: Count): number {
  return found + gold === 0 ? 0 : (2 * right) / (found + gold)
}

/** The facts that an annotation, or an answer, states, by kind; two that are equal agree in every offset and label. */
function factsOf({
  entities,
  relations
}: Pick<AnnotatedNote, 'entities' | 'relations'>): Map<string, string[]> {
  const facts = new Map<string, string[]>()
  const state = (kind: string, ...parts: unknown[]): void => {
    facts.set(kind, [...(facts.get(kind) ?? []), JSON.stringify(parts)])
  }
  const name = ({ start, end, label }: AnnotatedEntity): string => `${start}-${end} ${label}`
  for (const entity of entities) {
    if (entity.assertion) state(entity.assertion.status, name(entity))
    if (entity.assertion?.cue) state('cue', name(entity), spell(entity.assertion.cue))
    if (entity.section && isRead(entity)) state('section', name(entity), spell(entity.section))
  }
  for (const { head, dependent } of relations) {
    state(entities[dependent].label, name(entities[dependent]), name(entities[head]))
    state('relations', name(entities[dependent]), name(entities[head]))
  }
  return facts
}

const readLabels: ReadonlySet<string> = new Set(
  'Symptom_Name Diagnosis Drug_Name Procedure_Name Dosage Route Frequency Lab_Name Lab_Result'.split(' ')
)

/** Sections are scored on the entities that every annotated note has. */
function isRead({ label }: AnnotatedEntity): boolean {
  return readLabels.has(label)
}

function spell({ start, end }: Span): string {
  return `${start}-${end}`
}

export function scoreNotes(
  notes: readonly AnnotatedNote[],
  answers: readonly Pick<AnnotatedNote, 'entities' | 'relations'>[]
): Scores {
  const scores = new Map<string, Count>()
  const count = (kind: string): Count => {
    const one = scores.get(kind) ?? { right: 0, found: 0, gold: 0 }
    scores.set(kind, one)
    return one
  }
  notes.forEach((note, i) => {
    const gold = factsOf(note)
    const found = factsOf(answers[i])
    for (const [kind, facts] of gold) count(kind).gold += facts.length
    for (const [kind, facts] of found) {
      const right = new Set(gold.get(kind))
      count(kind).found += facts.length
      count(kind).right += facts.filter(fact => right.has(fact)).length
    }
  })
  return scores
}

/** Share of the entities that were found, span and label, whose status is the annotated one. */
export function statusAccuracy(
  notes: readonly AnnotatedNote[],
  answers: readonly Pick<AnnotatedNote, 'entities'>[]
): number {
  let both = 0
  let right = 0
  notes.forEach((note, i) => {
    const statuses = new Map<string, Assertion['status']>()
    for (const { start, end, label, assertion } of answers[i].entities) {
      if (assertion) statuses.set(`${start}-${end} ${label}`, assertion.status)
    }
    for (const { start, end, label, assertion } of note.entities) {
      const status = statuses.get(`${start}-${end} ${label}`)
      if (!assertion || !status) continue
      both++
      if (status === assertion.status) right++
    }
  })
  return right / both
}
