import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

const Scores = Type.Array(Type.Number())

const CrfFileSchema = Type.Object(
  { start: Scores, end: Scores, transitions: Type.Array(Scores) },
  { additionalProperties: false }
)

/** Learned scores of the CRF, by tag id; transitions are [from][to]. What IOB2 forbids is not used. */
export type CrfScores = Static<typeof CrfFileSchema>

const crfFile = Compile(CrfFileSchema)

/** @throws Error when the file does not hold finite scores for `tags` tags */
export function parseCrf(json: string, tags: number): CrfScores {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new Error('crf.json is not JSON')
  }
  if (!crfFile.Check(value)) throw new Error('crf.json is not start, end and transitions')
  const rows = [value.start, value.end, ...value.transitions]
  if (
    value.transitions.length !== tags ||
    rows.some(row => row.length !== tags || !row.every(Number.isFinite))
  ) {
    throw new Error(`crf.json does not hold finite scores for ${tags} tags`)
  }
  return value
}
