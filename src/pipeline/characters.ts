/** What a character means to the tokenizer. */
export const OTHER = 0
export const LETTER = 1
export const DIGIT = 2
export const SPACE = 3
export const NEWLINE = 4
/** A mark, joiner or variation selector: it belongs to whatever stands before it. */
export const EXTEND = 5

const newline = /[\n\r\v\f\u0085\u2028\u2029]/
/** Control characters separate words as white space does; U+FEFF is a byte order mark. */
const space = /[\p{Z}\p{Cc}\uFEFF\u200B]/u
const extend = /[\p{M}\u200C\u200D]/u
const letter = /\p{L}/u
const digit = /\p{Nd}/u

/** Class of a code point, from Unicode properties. A lone surrogate is OTHER. */
function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint)
  if (newline.test(character)) return NEWLINE
  if (space.test(character)) return SPACE
  if (extend.test(character)) return EXTEND
  if (letter.test(character)) return LETTER
  if (digit.test(character)) return DIGIT
  return OTHER
}

const UNKNOWN = 255
/** Classes of the Basic Multilingual Plane, filled on first use: a regular expression a character is too slow. */
const known = new Uint8Array(0x10000).fill(UNKNOWN)

/** Class of a code point: one of the constants above. */
export function characterClass(codePoint: number): number {
  if (codePoint > 0xffff) return classify(codePoint)
  const value = known[codePoint]
  if (value !== UNKNOWN) return value
  known[codePoint] = classify(codePoint)
  return known[codePoint]
}
