import type { TextRequest, Work } from '../analysis.ts'
import type { ErrorFacts } from '../error-facts.ts'
import type { DescribedModel } from '../model/verified-model.ts'
import type { Columns } from './columns.ts'

/** To a worker. */
export type WorkerRequest =
  | { readonly kind: 'initialize'; readonly modelFolder: string; readonly model: DescribedModel }
  | { readonly kind: 'analyze'; readonly id: number; readonly texts: readonly TextRequest[] }

/** From a worker. */
export type WorkerResponse =
  | { readonly kind: 'ready' }
  /** the model cannot be served; the worker exits */
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'analyzed'
      readonly id: number
      readonly found: Columns
      readonly work: Work
    }
  /** the texts could not be analyzed; the worker goes on */
  | { readonly kind: 'failed'; readonly id: number; readonly error: ErrorFacts }
