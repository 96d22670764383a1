import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'vitest'

/** `npm run docs` writes what is generated; any other run compares it with what is written. */
const writes = process.env.UPDATE_DOCS === '1'

/** Checks that a generated file is not stale. */
export function expectFile(path: string, content: string): void {
  if (writes) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  expect(readFileSync(path, 'utf8'), `${path} is stale; npm run docs writes it anew`).toBe(content)
}

/** Makes the text of a generated section from its name, its argument and what it was before. */
export type Generate = (argument: string, before: string) => string | Promise<string>

/**
 * A Markdown page with its generated sections written anew. A section begins with `<!-- begin NAME ARGUMENT -->` and
 * ends with `<!-- end NAME -->`.
 * @throws Error where nothing generates a section of that name
 */
export async function regenerate(
  page: string,
  generators: Readonly<Record<string, Generate>>
): Promise<string> {
  let result = ''
  let last = 0
  for (const section of page.matchAll(/^(<!-- begin (\S+) ?(.*?) -->)\n([\s\S]*?)(<!-- end (\S+) -->)$/gm)) {
    const [all, begin, name, argument, before, end] = section
    if (!Object.hasOwn(generators, name)) throw new Error(`Nothing generates the section ${name}.`)
    result += page.slice(last, section.index)
    result += `${begin}\n${(await generators[name](argument, before)).trimEnd()}\n${end}`
    last = section.index + all.length
  }
  return result + page.slice(last)
}
