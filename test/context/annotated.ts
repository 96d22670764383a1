import { readFileSync } from 'node:fs'
import type { Assertion } from '../../src/context/assertion.ts'
import type { Relation } from '../../src/schemas/entity.ts'
import type { Span } from '../../src/span.ts'

/** An entity of an annotated note; the labels that the rules do not read are left out. */
export interface AnnotatedEntity extends Span {
  readonly label: string
  readonly assertion?: Assertion
  readonly section?: Span
}

/** A note with what should be found in it, in the form of an answer; offsets are UTF-16 units. */
export interface AnnotatedNote {
  readonly id: string
  readonly text: string
  readonly entities: readonly AnnotatedEntity[]
  readonly relations: readonly Relation[]
}

/** Rules are developed on one half and reported on the other. */
export function readAnnotated(half: 'develop' | 'report'): AnnotatedNote[] {
  return readFileSync(new URL(`notes/${half}.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}
