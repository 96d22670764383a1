/** Learned scores of the CRF, by tag id; transitions are [from][to]. What IOB2 forbids is not used. */
export interface CrfScores {
  readonly start: readonly number[]
  readonly end: readonly number[]
  readonly transitions: readonly (readonly number[])[]
}

/**
 * Checked by hand and not by a schema: every worker reads it, and a validator costs more to load than the rest of it.
 * @throws Error when the file does not hold finite scores for `tags` tags
 */
export function parseCrf(json: string, tags: number): CrfScores {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('crf.json is not JSON')
  }
  const { start, end, transitions } = (value ?? {}) as Partial<Record<keyof CrfScores, unknown>>
  if (!Array.isArray(transitions)) throw new Error('crf.json is not start, end and transitions')
  const rows: unknown[] = [start, end, ...transitions]
  const whole = (row: unknown): boolean =>
    Array.isArray(row) && row.length === tags && row.every(Number.isFinite)
  if (transitions.length !== tags || !rows.every(whole)) {
    throw new Error(`crf.json does not hold finite scores for ${tags} tags`)
  }
  return { start, end, transitions } as CrfScores
}
