import type { RecognitionOptions } from '../schemas/options.ts'

/** What a snippet asks the service. */
export interface Request {
  readonly url: string
  readonly text: string
  readonly options: RecognitionOptions | undefined
  /** The service wants an API key; a snippet reads it from the environment and never holds it. */
  readonly keyed: boolean
}

/**
 * Longest text, in UTF-16 code units, that stands in the snippet itself; that of a longer one is read from a file.
 * Linux refuses an argument of more than 128 KiB, and escaped, a unit takes six bytes at most.
 */
const LONGEST_INLINE = 20_000

/** Name of the file with the request of a long text. */
export const requestFile = 'request.json'

export const languages = { curl, javascript, python } as const

export type Language = keyof typeof languages

export function isInline({ text }: Request): boolean {
  return text.length <= LONGEST_INLINE
}

/** The body of the request, as JSON. */
export function requestBody({ text, options }: Request): string {
  return literal({ text, ...(options && { options }) })
}

function curl(request: Request): string {
  const body = isInline(request) ? `-d '${shellJson(requestBody(request))}'` : `--data-binary @${requestFile}`
  return lines(
    `curl -s ${shellWord(request.url)} \\`,
    "  -H 'content-type: application/json' \\",
    request.keyed && '  -H "authorization: Bearer $NER_API_KEY" \\',
    `  ${body}`
  )
}

function javascript(request: Request): string {
  const inline = isInline(request)
  return lines(
    !inline && "import { readFile } from 'node:fs/promises'\n",
    `const response = await fetch(${literal(request.url)}, {`,
    "  method: 'POST',",
    request.keyed
      ? "  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + process.env.NER_API_KEY },"
      : "  headers: { 'content-type': 'application/json' },",
    inline
      ? `  body: JSON.stringify(${requestBody(request)})`
      : `  body: await readFile(${literal(requestFile)})`,
    '})',
    'const answer = await response.json()',
    'if (!response.ok) throw new Error(answer.detail ?? answer.title)',
    'for (const { start, end, label, text } of answer.entities) console.log(start, end, label, text)'
  )
}

function python(request: Request): string {
  const inline = isInline(request)
  return lines(
    request.keyed && 'import os\n',
    'import requests\n',
    'response = requests.post(',
    `    ${literal(request.url)},`,
    request.keyed &&
      `    headers={"content-type": "application/json", "authorization": f"Bearer {os.environ['NER_API_KEY']}"},`,
    !request.keyed && !inline && '    headers={"content-type": "application/json"},',
    inline ? `    json=${requestBody(request)},` : `    data=open(${literal(requestFile)}, "rb"),`,
    ')',
    'response.raise_for_status()',
    'for entity in response.json()["entities"]:',
    '    print(entity["start"], entity["end"], entity["label"], entity["text"])'
  )
}

function lines(...parts: (string | false)[]): string {
  return parts.filter(part => part !== false).join('\n')
}

/**
 * JSON that is also a literal of JavaScript and of Python. Whatever cannot be seen is escaped: a direction mark of the
 * note must not change how the code reads.
 */
function literal(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeUnits)
}

/** JSON as it can stand between the single quotes of any shell: no quote, and no backslash before a backslash. */
function shellJson(json: string): string {
  return json.replace(/\\\\|'/g, found => escapeUnits(found[0]))
}

function escapeUnits(characters: string): string {
  return Array.from(
    { length: characters.length },
    (_, i) => `\\u${characters.charCodeAt(i).toString(16).padStart(4, '0')}`
  ).join('')
}

function shellWord(word: string): string {
  return /^[\w:/.-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
