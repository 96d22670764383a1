/** Word and character ids of token forms. A form has the index of its row as its number. */
export interface FormIds {
  readonly count: number
  /** [forms] at least */
  readonly wordIds: Int32Array
  /** [forms, characters] at least */
  readonly characterIds: Int32Array
  readonly charactersPerForm: number
}

/** What the network makes of forms alone, wherever they stand. */
export interface Features {
  /** [count, width] */
  readonly values: Float32Array
  readonly count: number
  readonly width: number
}

/** Rows of one run of the network, as numbers of forms. */
export interface PackedBatch {
  readonly rows: number
  /** longest row */
  readonly time: number
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
