/** The code point at `index`; a surrogate without its partner stands for itself. */
export function codePointAt(text: string, index: number): number {
  const unit = text.charCodeAt(index)
  if (unit < 0xd800 || unit > 0xdbff || index + 1 >= text.length) return unit
  const low = text.charCodeAt(index + 1)
  return low >= 0xdc00 && low <= 0xdfff ? (unit - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000 : unit
}

/**
 * Converts offsets in Unicode code points into UTF-16 code units.
 * @returns a table with one entry a code point, and one for the end of the text; undefined when both units agree
 */
export function utf16Offsets(text: string): Int32Array | undefined {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return undefined
  const offsets = new Int32Array(text.length + 1)
  let count = 0
  let index = 0
  for (const character of text) {
    offsets[count++] = index
    index += character.length
  }
  offsets[count++] = index
  return offsets.subarray(0, count)
}

/** What an offset may count. */
export const offsetUnits = ['utf16', 'codepoint', 'utf8'] as const
export type OffsetUnit = (typeof offsetUnits)[number]

/**
 * Converts offsets of a text from UTF-16 code units into another unit. A surrogate without its partner is one code point,
 * and three bytes of UTF-8: as many as U+FFFD, which stands for it there.
 * @returns a function for offsets that are not between the halves of a pair. Asked in ascending order it passes over
 * the text once; a smaller offset than the last one begins anew.
 */
export function offsetsIn(unit: OffsetUnit, text: string): (offset: number) => number {
  if (unit === 'utf16') return offset => offset
  let index = 0
  let count = 0
  return offset => {
    if (offset < index) index = count = 0
    while (index < offset) {
      const point = codePointAt(text, index)
      index += point < 0x10000 ? 1 : 2
      count += unit === 'codepoint' ? 1 : utf8Length(point)
    }
    return count
  }
}

/** Bytes of a code point. */
function utf8Length(point: number): number {
  if (point < 0x80) return 1
  if (point < 0x800) return 2
  return point < 0x10000 ? 3 : 4
}
