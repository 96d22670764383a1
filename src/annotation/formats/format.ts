import type { AnalyzedText } from '../../analysis.ts'
import type { RecognitionOptions } from '../../schemas/options.ts'
import type { Document } from '../document.ts'

/** How results are written into one file. */
export interface Format {
  /** what must be asked of the recognizer besides entities */
  readonly include: NonNullable<RecognitionOptions['include']>
  /** beginning of the file */
  readonly header: string
  /** what a document adds to it */
  write(document: Document, analyzed: AnalyzedText): string
}
