/** What a text costs for being one, in tokens. */
const PER_TEXT = 16

/**
 * About how many tokens a text has, which is what it costs a worker: runs of letters and digits, and every other
 * character that is not white space. A text of periods costs five times as much as prose of its length.
 */
export function estimateCost(text: string): number {
  let tokens = PER_TEXT
  let inWord = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const word = isWordUnit(unit)
    if (word ? !inWord : unit > 0x20 && unit !== 0xa0) tokens++
    inWord = word
  }
  return tokens
}

/**
 * Letters and digits, roughly. A high surrogate is not one: most characters beyond the Basic Multilingual Plane are
 * symbols, each a token.
 */
function isWordUnit(unit: number): boolean {
  const lower = unit | 0x20
  if (unit < 0x80) return (lower >= 0x61 && lower <= 0x7a) || (unit >= 0x30 && unit <= 0x39)
  return unit >= 0xc0 && (unit < 0xd800 || unit > 0xdbff)
}
