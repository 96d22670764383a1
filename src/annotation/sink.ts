import type { AnalyzedText } from '../analysis.ts'
import type { ServiceError } from '../errors.ts'
import type { Document } from './document.ts'
import type { Totals } from './totals.ts'

/** Where results go, in the order of the input. */
export interface Sink {
  /** Takes a result; returns why it cannot be written, where that is the document's fault. */
  write(document: Document, analyzed: AnalyzedText): Promise<ServiceError | undefined>
  /** Everything before the place `next` of the input is written or passed over. */
  written(next: number, totals: Totals): Promise<void>
  /** Nothing more comes. */
  finish(): Promise<void>
  /** The run ends before its input does. */
  suspend(): Promise<void>
}
