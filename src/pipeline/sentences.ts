import { beforeNames, capitalOpeners, neverFinal, openers, seldomFinal } from './sentence-rules.ts'
import { AFTER_NEWLINE, AFTER_SPACE, DOTTED, type Tokens } from './tokens.ts'

/** Sentences of a text as ranges of its tokens; they cover every token, in order. */
export interface Sentences {
  readonly count: number
  /** [count + 1] sentence i holds the tokens `bounds[i]` to `bounds[i + 1] - 1` */
  readonly bounds: Int32Array
  /** Indices of sentences that end only because they reached the limit, ascending. */
  readonly cut: readonly number[]
}

/**
 * Longest sentence in tokens. Dictation has sentences of a few hundred; beyond this there is no sentence to be
 * found (a table, a dump), and a bound keeps the memory of one run of the network bounded.
 */
export const MAX_SENTENCE_TOKENS = 512
/** An over-long sentence is cut after the last comma or semicolon among this many tokens before the limit. */
const CUT_WINDOW = 64

/**
 * Groups tokens into sentences: at newlines, and after `.`, `!`, `?` unless a rule objects. Linear in the number
 * of tokens.
 */
export function splitSentences(text: string, tokens: Tokens): Sentences {
  const bounds: number[] = [0]
  const cut: number[] = []
  let first = 0
  for (let next = 1; next <= tokens.count; next++) {
    if (next === tokens.count || isBoundary(text, tokens, first, next)) {
      bounds.push(next)
      first = next
    } else if (next - first === MAX_SENTENCE_TOKENS) {
      const at = safeCut(text, tokens, first, next)
      cut.push(bounds.length - 1)
      bounds.push(at)
      first = at
    }
  }
  if (tokens.count === 0) return { count: 0, bounds: Int32Array.of(0), cut }
  return { count: bounds.length - 1, bounds: Int32Array.from(bounds), cut }
}

/** Token index at which to cut the over-long run `[first, limit)`. */
function safeCut(text: string, tokens: Tokens, first: number, limit: number): number {
  for (let at = limit; at > Math.max(first + 1, limit - CUT_WINDOW); at--) {
    const last = text[tokens.starts[at - 1]]
    if (last === ',' || last === ';') return at
  }
  return limit
}

/** Whether the sentence that starts at token `first` ends before token `next`. */
function isBoundary(text: string, tokens: Tokens, first: number, next: number): boolean {
  if (tokens.flags[next] & AFTER_NEWLINE) return true
  const end = lastBeforeClosing(text, tokens, first, next)
  // "It hurts." said the patient.
  if (end < next - 1 && shapeOf(text, tokens, next) === LOWER) return false
  const mark = text[tokens.ends[end] - 1]
  if (mark !== '.' && mark !== '!' && mark !== '?') return false
  if (tokens.flags[end] & DOTTED) {
    return mark === '.' && spaced(tokens, next) && opens(text, tokens, next)
  }
  if (tokens.ends[end] - tokens.starts[end] !== 1) return false
  if (isClosing(text, tokens, next) && !spaced(tokens, next)) return false
  if (isFinalMark(text, tokens, next) && !spaced(tokens, next)) return false
  if (mark !== '.') return spaced(tokens, next) && shapeOf(text, tokens, next) !== LOWER
  return periodEnds(text, tokens, first, end, next)
}

/** Whether the period at token `end` closes a sentence before token `next`. */
function periodEnds(text: string, tokens: Tokens, first: number, end: number, next: number): boolean {
  const word = end - 1
  const attached = word >= first && !spaced(tokens, end)
  const shape = shapeOf(text, tokens, next)
  if (!spaced(tokens, next)) {
    // A lost space: "was noted.The wound". Not "3.The", not "pt.The".
    return (
      attached &&
      shape === CAPITALIZED &&
      wordLength(tokens, word) > 3 &&
      isLowerAt(text, tokens.ends[word] - 1)
    )
  }
  if (!attached) return shape !== LOWER
  if (isListNumber(text, tokens, first, word, next)) return false
  const lower = lowerCased(text, tokens, word)
  if (lower === 'no') return !isDigitAt(text, tokens.starts[next])
  if (neverFinal.has(lower)) return false
  if (seldomFinal.has(lower)) return opens(text, tokens, next)
  if (wordLength(tokens, word) === 1 && isUpperAt(text, tokens.starts[word])) {
    // "John Q. Smith", "E. coli"; but "hepatitis C. She"
    if (shape === LOWER) return false
    // "T. 98.6 P. 72" belong together; "hepatitis C. 2. COPD" do not
    if (isDigitAt(text, tokens.starts[next])) return isItemNumber(text, tokens, next)
    return !isInitial(text, tokens, first, word) || opens(text, tokens, next)
  }
  if (shape === LOWER) return wordLength(tokens, word) > 3 || isDigitAt(text, tokens.ends[word] - 1)
  return true
}

/** Index of the token before `next`, closing quotes and brackets after a final mark passed over. */
function lastBeforeClosing(text: string, tokens: Tokens, first: number, next: number): number {
  let end = next - 1
  while (end > first && next - end < 3 && isClosing(text, tokens, end) && !spaced(tokens, end)) end--
  return end
}

/** `1.`, `12.`, `a.` at the start of a sentence, or after a colon or comma, number the item that follows. */
function isListNumber(text: string, tokens: Tokens, first: number, word: number, next: number): boolean {
  const start = tokens.starts[word]
  const length = wordLength(tokens, word)
  const numeric = isDigitAt(text, start) && isDigitAt(text, tokens.ends[word] - 1) && length <= 2
  const letter = length === 1 && !isDigitAt(text, start)
  if (!numeric && !letter) return false
  if (word === first) return true
  const before = text[tokens.starts[word - 1]]
  // "PLAN: a. Rest", but "SEX: M. AGE: 54"
  return before === ':' ? numeric || !isHeader(text, tokens, next) : numeric && before === ','
}

/** A capital letter after a capitalized word or a title is an initial: "John Q. Smith", not "hepatitis C. She". */
function isInitial(text: string, tokens: Tokens, first: number, word: number): boolean {
  if (word === first) return true
  const before = tokens.starts[word - 1]
  return (
    isUpperAt(text, before) || text[before] === '.' || beforeNames.has(lowerCased(text, tokens, word - 1))
  )
}

/** Whether token `next` clearly opens a sentence: a word of the list, a list number, a header before a colon. */
function opens(text: string, tokens: Tokens, next: number): boolean {
  const start = tokens.starts[next]
  if (isDigitAt(text, start)) return isItemNumber(text, tokens, next)
  if (!isUpperAt(text, start)) return false
  const word = lowerCased(text, tokens, next)
  if (shapeOf(text, tokens, next) === CAPITALIZED || wordLength(tokens, next) === 1) {
    if (openers.has(word)) return true
  } else if (capitalOpeners.has(word)) {
    return true
  }
  return isHeader(text, tokens, next)
}

/** "3. Actos": one or two digits, a period, white space. */
function isItemNumber(text: string, tokens: Tokens, next: number): boolean {
  return (
    wordLength(tokens, next) <= 2 &&
    next + 2 < tokens.count &&
    text[tokens.starts[next + 1]] === '.' &&
    !spaced(tokens, next + 1) &&
    spaced(tokens, next + 2)
  )
}

const HEADER_TOKENS = 6

/** "ADMITTING DIAGNOSES:", up to six upper-case words before a colon. */
function isHeader(text: string, tokens: Tokens, next: number): boolean {
  for (let token = next; token < Math.min(tokens.count, next + HEADER_TOKENS); token++) {
    if (token > next && text[tokens.starts[token]] === ':') return true
    if (!isUpperAt(text, tokens.starts[token]) || !isUpperAt(text, tokens.ends[token] - 1)) return false
  }
  return false
}

const LOWER = 0
const CAPITALIZED = 1
const OTHER_SHAPE = 2

/** LOWER: starts with a lower-case letter; CAPITALIZED: an upper-case letter, then a lower-case one. */
function shapeOf(text: string, tokens: Tokens, token: number): number {
  const start = tokens.starts[token]
  if (isLowerAt(text, start)) return LOWER
  return isUpperAt(text, start) && wordLength(tokens, token) > 1 && isLowerAt(text, start + 1)
    ? CAPITALIZED
    : OTHER_SHAPE
}

function spaced(tokens: Tokens, token: number): boolean {
  return (tokens.flags[token] & AFTER_SPACE) !== 0
}

/** A token in lower case; of a long one, which no list holds, only the beginning. */
function lowerCased(text: string, tokens: Tokens, token: number): string {
  return text
    .slice(tokens.starts[token], Math.min(tokens.ends[token], tokens.starts[token] + 16))
    .toLowerCase()
}

function wordLength(tokens: Tokens, token: number): number {
  return tokens.ends[token] - tokens.starts[token]
}

function isClosing(text: string, tokens: Tokens, token: number): boolean {
  return wordLength(tokens, token) === 1 && ')]}"\'\u201d\u2019'.includes(text[tokens.starts[token]])
}

function isFinalMark(text: string, tokens: Tokens, token: number): boolean {
  return '.!?'.includes(text[tokens.starts[token]])
}

function isUpperAt(text: string, index: number): boolean {
  const character = text[index]
  return character !== character.toLowerCase()
}

function isLowerAt(text: string, index: number): boolean {
  const character = text[index]
  return character !== character.toUpperCase()
}

function isDigitAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0x30 && unit <= 0x39
}
