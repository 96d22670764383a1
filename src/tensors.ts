/** The number of no form: of cells that hold none. Its gates are 0. */
export const PADDING = 0

/** Word and character ids of token forms. A form has the index of its row as its number. */
export interface FormIds {
  readonly count: number
  /** [forms] at least */
  readonly wordIds: Int32Array
  /** [forms, characters] at least */
  readonly characterIds: Int32Array
  readonly charactersPerForm: number
}

/**
 * What forms add to the gates of the LSTM of each direction, wherever they stand: their features times the input weights.
 * Those of padding are 0.
 */
export interface Gates {
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
}

/** Tag scores of one run. */
export interface Emissions {
  /** [rows, time, tags] */
  readonly values: Float32Array
  readonly time: number
}
