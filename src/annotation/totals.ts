/** What a run has done. */
export interface Totals {
  readonly documents: number
  readonly entities: number
  /** documents that were passed over */
  readonly failed: number
}

export const nothingDone: Totals = { documents: 0, entities: 0, failed: 0 }
