import type { ServiceError } from '../errors.ts'

/** A text to annotate. */
export interface Document {
  readonly id: string
  readonly text: string
}

/** What an input has at a place: a document, or why there is none. */
export interface Entry {
  /** place in the input, from 0 */
  readonly number: number
  /** the place in words, for people: `line 17` */
  readonly where: string
  readonly content: Document | ServiceError
}

/** Which places of an input are read: the others are passed over. */
export type Wanted = (number: number) => boolean

/** An input that is being read. */
export interface Source {
  /** in order; may be read once */
  readonly entries: AsyncIterable<Entry>
  /** how much was read, from 0 to 1; undefined where the size is not known */
  progress(): number | undefined
}
