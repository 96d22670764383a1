import type { Work } from '../analysis.ts'
import type { Recognition } from './recognizer.ts'

/** Is told what a recognizer does. What it is told has no text in it. */
export interface RecognitionObserver {
  /** A worker has answered a dispatch of so many texts, or parts of long ones. */
  dispatched(texts: number, work: Work): void
  /** Every text of a request has its outcome. */
  recognized(recognition: Recognition): void
}
