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
