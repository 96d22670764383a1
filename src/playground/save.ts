import { element } from './element.ts'

/** Milliseconds for which a file can be fetched by the browser. */
const KEEP = 30_000

/** Hands the reader a file; nothing leaves the browser. */
export function save(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  element('a', { href: url, download: name }).click()
  // Some browsers read the content only after a while.
  setTimeout(() => URL.revokeObjectURL(url), KEEP)
}
