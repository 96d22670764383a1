import { createHash } from 'node:crypto'
import type { AnalyzedText } from '../../analysis.ts'
import { offsetsIn } from '../../text.ts'
import type { Document } from '../document.ts'

/**
 * Standoff annotations as brat reads them: offsets in code points; a span over several lines in fragments, since an
 * annotation is one line.
 */
export function toStandoff({ text }: Document, { entities }: AnalyzedText): string {
  const convert = offsetsIn('codepoint', text)
  return entities
    .map(({ start, end, label }, i) => {
      const fragments = lineSpans(text, start, end)
      const offsets = fragments.map(([from, to]) => `${convert(from)} ${convert(to)}`).join(';')
      const words = fragments.map(([from, to]) => text.slice(from, to)).join(' ')
      return `T${i + 1}\t${label} ${offsets}\t${words}\n`
    })
    .join('')
}

/** Parts of a span between ends of lines; never an empty one. */
function lineSpans(text: string, start: number, end: number): [number, number][] {
  return Array.from(text.slice(start, end).matchAll(/[^\r\n]+/g), ({ 0: part, index }) => [
    start + index,
    start + index + part.length
  ])
}

/** Longest name that file systems take, less an extension. */
const LONGEST_NAME = 200

/** A name of a file for an id: what is not a letter, digit, `-`, `_` or `.` is escaped as in a URL. */
export function fileNameOf(id: string): string {
  const name = encodeURIComponent(Buffer.from(id).toString())
    .replace(/[!'()*~]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/^\./, '%2E')
  if (name !== '' && name.length <= LONGEST_NAME) return name
  return `${name.slice(0, LONGEST_NAME / 2)}-${createHash('sha256').update(id).digest('hex')}`
}
