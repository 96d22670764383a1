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
