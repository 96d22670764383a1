/**
 * Input of one run of the network. What depends on a token alone is given once a form (a distinct token of the
 * batch); the rows hold numbers of forms.
 */
export interface PackedBatch {
  readonly rows: number
  /** longest row */
  readonly time: number
  readonly formCount: number
  /** [forms] */
  readonly wordIds: Int32Array
  /** [forms, characters] */
  readonly characterIds: Int32Array
  readonly characters: number
  /** [rows, time] */
  readonly forms: Int32Array
  /** [rows] */
  readonly lengths: Int32Array
}

/** Tag scores of one run. */
export interface Emissions {
  /** [rows, time, tags] */
  readonly values: Float32Array
  readonly time: number
}
