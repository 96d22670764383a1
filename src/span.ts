/** Half-open range `[start, end)` of UTF-16 code units in the text exactly as it was received. */
export interface Span {
  readonly start: number
  readonly end: number
}
