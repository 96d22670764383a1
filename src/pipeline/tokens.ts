import { codePointAt } from '../text.ts'
import { characterClass, DIGIT, EXTEND, LETTER, NEWLINE, SPACE } from './characters.ts'

/** Bits of `Tokens.flags`. */
export const AFTER_SPACE = 1
/** A newline stands between this token and the one before it. */
export const AFTER_NEWLINE = 2
/** The token is an abbreviation that carries its own periods, such as `p.o.` or `q.6h.`. */
export const DOTTED = 4

/** Tokens of a text as parallel arrays, so that a long note costs no objects. */
export interface Tokens {
  readonly count: number
  /** [count] first UTF-16 unit of each token */
  readonly starts: Int32Array
  /** [count] unit after the last one of each token */
  readonly ends: Int32Array
  /** [count] AFTER_SPACE, AFTER_NEWLINE, DOTTED */
  readonly flags: Uint8Array
}

const PERIOD = 0x2e
const COMMA = 0x2c

/**
 * Splits a text into tokens in one pass; the cost is linear in its length.
 *
 * A token is a run of letters and digits, or one other character with the marks that follow it. Inside a run
 * stay: a decimal point or thousands separator between digits (`98.6`, `1,200`) and the periods of an
 * abbreviation with the last one (`b.i.d.`, `q.6h.`, `Ph.D.`). `'s` is a token of its own; the apostrophe of
 * `didn't` stays. No surrogate pair is ever cut.
 */
export function tokenize(text: string): Tokens {
  let capacity = (text.length >> 2) + 16
  let starts = new Int32Array(capacity)
  let ends = new Int32Array(capacity)
  let flags = new Uint8Array(capacity)
  let count = 0
  let pending = 0
  let index = 0
  while (index < text.length) {
    const codePoint = codePointAt(text, index)
    const kind = characterClass(codePoint)
    const width = codePoint > 0xffff ? 2 : 1
    if (kind === SPACE || kind === NEWLINE) {
      pending |= kind === NEWLINE ? AFTER_NEWLINE | AFTER_SPACE : AFTER_SPACE
      index += width
      continue
    }
    let end: number
    let dotted = 0
    if (kind === LETTER || kind === DIGIT) {
      end = endOfDotted(text, index)
      if (end > 0) dotted = DOTTED
      else end = endOfWord(text, index)
    } else if (codePoint === PERIOD && isDigit(text, index + 1) && !followsWord(text, index)) {
      end = endOfWord(text, index + 1)
    } else {
      const possessive = pending === 0 && wordBefore(text, index) && isPossessive(text, index)
      end = possessive ? index + 2 : endOfMarks(text, index + width)
    }
    if (count === capacity) {
      capacity *= 2
      starts = grow(starts, new Int32Array(capacity))
      ends = grow(ends, new Int32Array(capacity))
      flags = grow(flags, new Uint8Array(capacity))
    }
    starts[count] = index
    ends[count] = end
    flags[count] = pending | dotted
    count++
    pending = 0
    index = end
  }
  return { count, starts, ends, flags }
}

function grow<Values extends Int32Array | Uint8Array>(from: Values, to: Values): Values {
  to.set(from)
  return to
}

function classAt(text: string, index: number): number {
  return index < text.length ? characterClass(codePointAt(text, index)) : SPACE
}

function isDigit(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0x30 && unit <= 0x39
}

function isApostrophe(unit: number): boolean {
  return unit === 0x27 || unit === 0x2019
}

function endOfMarks(text: string, index: number): number {
  while (index < text.length && classAt(text, index) === EXTEND)
    index += codePointAt(text, index) > 0xffff ? 2 : 1
  return index
}

/** End of the run of letters, digits and inner joiners that starts at `index`. */
function endOfWord(text: string, index: number): number {
  while (index < text.length) {
    const codePoint = codePointAt(text, index)
    const kind = characterClass(codePoint)
    if (kind === LETTER || kind === DIGIT || kind === EXTEND) {
      index += codePoint > 0xffff ? 2 : 1
    } else if (codePoint === PERIOD && isDigit(text, index - 1) && isDigit(text, index + 1)) {
      index++
    } else if (codePoint === COMMA && isDigit(text, index - 1) && isThousands(text, index + 1)) {
      index++
    } else if (isApostrophe(codePoint) && classAt(text, index + 1) === LETTER && !isPossessive(text, index)) {
      index++
    } else {
      break
    }
  }
  return index
}

function isThousands(text: string, index: number): boolean {
  return (
    isDigit(text, index) && isDigit(text, index + 1) && isDigit(text, index + 2) && !isDigit(text, index + 3)
  )
}

/** Whether `'s` that ends a word stands at `index`. */
function isPossessive(text: string, index: number): boolean {
  if (!isApostrophe(text.charCodeAt(index))) return false
  if ((text.charCodeAt(index + 1) | 0x20) !== 0x73) return false
  const after = classAt(text, index + 2)
  return after !== LETTER && after !== DIGIT && after !== EXTEND
}

/** Whether a letter, digit or mark stands just before `index`. */
function wordBefore(text: string, index: number): boolean {
  if (index === 0) return false
  const astral = index > 1 && codePointAt(text, index - 2) > 0xffff
  const kind = classAt(text, astral ? index - 2 : index - 1)
  return kind === LETTER || kind === DIGIT || kind === EXTEND
}

/** Whether a period at `index` belongs to what stands before it: not the decimal point of ".5 mg" or "(<.01)". */
function followsWord(text: string, index: number): boolean {
  return wordBefore(text, index) || text.charCodeAt(index - 1) === PERIOD
}

/**
 * End of an abbreviation with inner periods at `index`, or 0: one letter (or `Ph`), then groups of a period and
 * one to three letters or digits, then the closing period when there is one. `q.6h.`, `a.m.`, `i.e.`, `Ph.D.`
 */
function endOfDotted(text: string, index: number): number {
  let end = text.startsWith('Ph.', index) ? index + 2 : index + 1
  if (classAt(text, index) !== LETTER || text.charCodeAt(end) !== PERIOD) return 0
  let groups = 0
  for (;;) {
    const group = text.charCodeAt(end) === PERIOD ? endOfGroup(text, end + 1) : 0
    if (group === 0) break
    end = group
    groups++
  }
  if (groups === 0) return 0
  return text.charCodeAt(end) === PERIOD ? end + 1 : end
}

/**
 * End of one to three ASCII letters or digits that start at `index`, or 0 when there are none, when the word goes on,
 * or when it opens a sentence after a lost space ("q.d.She").
 */
function endOfGroup(text: string, index: number): number {
  let end = index
  while (end - index < 4 && isAlphanumeric(text.charCodeAt(end))) end++
  if (end === index || end - index > 3 || isCapitalized(text, index, end)) return 0
  const after = classAt(text, end)
  return after === LETTER || after === DIGIT || after === EXTEND ? 0 : end
}

/** An upper-case ASCII letter, then a lower-case one. */
function isCapitalized(text: string, start: number, end: number): boolean {
  const [first, second] = [text.charCodeAt(start), text.charCodeAt(start + 1)]
  return end - start > 1 && first >= 0x41 && first <= 0x5a && second >= 0x61 && second <= 0x7a
}

function isAlphanumeric(unit: number): boolean {
  const lower = unit | 0x20
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a)
}
