import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import GithubSlugger from 'github-slugger'
import { marked, type Token } from 'marked'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const skipped = new Set(['node_modules', '.venv', '.git', 'dist', 'dist-bench', 'runs', 'coverage'])

/** Every Markdown file of the repository. */
function markdownFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownFiles(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

const outlines = new Map<string, ReturnType<typeof outlineOf>>()

/** The outline of a file, which many links may ask for. */
function outline(file: string): ReturnType<typeof outlineOf> {
  const known = outlines.get(file) ?? outlineOf(readFileSync(file, 'utf8'))
  outlines.set(file, known)
  return known
}

/** Headings and targets of links and images of a page. */
function outlineOf(markdown: string): { anchors: Set<string>; targets: string[] } {
  const slugger = new GithubSlugger()
  const anchors = new Set<string>()
  const targets: string[] = []
  marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    if (token.type === 'heading') anchors.add(slugger.slug(plain(token.tokens ?? [])))
    if (token.type === 'link' || token.type === 'image') targets.push(token.href)
  })
  return { anchors, targets }
}

function plain(tokens: readonly Token[]): string {
  return tokens
    .map(token =>
      'tokens' in token && token.tokens ? plain(token.tokens) : 'text' in token ? token.text : ''
    )
    .join('')
}

/** Why a link of a page leads nowhere; undefined where it leads somewhere, or to another site. */
function fault(page: string, target: string): string | undefined {
  if (/^(https?|mailto):/.test(target)) return undefined
  const [path, anchor] = decodeURI(target).split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(file)) return `${target}: no such file`
  if (anchor === undefined) return undefined
  if (!statSync(file).isFile() || !file.endsWith('.md')) return `${target}: an anchor of what has no headings`
  return outline(file).anchors.has(anchor) ? undefined : `${target}: no such heading`
}

const files = markdownFiles(root).map(path => relative(root, path))

test.each(files)('the links of %s lead somewhere', name => {
  const page = join(root, name)
  const { targets } = outline(page)
  expect(targets.map(target => fault(page, target)).filter(Boolean)).toEqual([])
})

test('a link to a file or heading that is not there is found', () => {
  const page = join(root, 'README.md')
  expect(fault(page, 'docs/nowhere.md')).toBe('docs/nowhere.md: no such file')
  expect(fault(page, 'docs/README.md#nowhere')).toBe('docs/README.md#nowhere: no such heading')
  expect(fault(page, '#run-it')).toBeUndefined()
})

test('every page of docs is in their index', () => {
  const { targets } = outline(join(root, 'docs/README.md'))
  const pages = files.filter(name => /^docs\/[^/]+\.md$/.test(name) && name !== 'docs/README.md')
  expect(pages.map(name => name.slice('docs/'.length)).filter(name => !targets.includes(name))).toEqual([])
})
