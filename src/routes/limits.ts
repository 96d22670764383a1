import { ServiceError } from '../errors.ts'
import type { RecognitionOptions } from '../schemas/options.ts'

/** What a route checks beyond the schema: limits of the configuration and labels of the model. */
export interface RequestLimits {
  readonly maxTextLength: number
  readonly maxDocuments: number
}

/** @throws ServiceError text_too_long */
export function checkLength(text: string, limit: number, pointer: string): void {
  if (text.length <= limit) return
  throw new ServiceError('text_too_long', {
    detail: `${pointer} has ${text.length} UTF-16 code units; the limit is ${limit}.`,
    pointer,
    limit
  })
}

/** @throws ServiceError unknown_label */
export function checkLabels({ labels }: RecognitionOptions = {}, known: readonly string[]): void {
  const index = labels?.findIndex(label => !known.includes(label)) ?? -1
  if (index < 0) return
  const pointer = `/options/labels/${index}`
  throw new ServiceError('unknown_label', { detail: `${pointer} is not one of GET /labels.`, pointer })
}
