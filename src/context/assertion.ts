import type { AssertionStatus } from '../schemas/entity.ts'
import type { Span } from '../span.ts'

export interface Assertion {
  readonly status: AssertionStatus
  /** the words by which it is absent or possible */
  readonly cue?: Span
}
