import { errorTable } from '../../src/errors.ts'
import type { OffsetUnit } from '../../src/text.ts'
import type { Case, Expectation } from './cases.ts'
import type { Contract } from './contract.ts'
import type { Conversation, WireAnswer } from './exchange.ts'
import { CANARY } from './texts.ts'

interface Spanned {
  readonly start: number
  readonly end: number
  readonly text: string
}

interface Recognized {
  readonly entities: readonly Spanned[]
}

const known: ReadonlySet<number> = new Set([
  200,
  204,
  302,
  304,
  ...Object.values(errorTable).map(({ status }) => status)
])
/** For overload to explain. */
const passing: ReadonlySet<number> = new Set([503, 504])

/** What is wrong with how a case was answered, in words; undefined where nothing is. */
export function judge(one: Case, { answers, end }: Conversation, contract: Contract): string | undefined {
  if (end === 'hung') return 'no answer, and the connection stays open'
  if (end === 'garbled') return 'what was answered is not HTTP'
  for (const answer of answers) {
    const fault = judgeAnswer(answer, one.bodiless, contract)
    if (fault) return fault
  }
  if (!one.expected) return undefined
  if (answers.length !== 1) return `${answers.length} answers to one request`
  return judgeExpected(answers[0], one.expected, contract)
}

/** What holds of every answer. */
function judgeAnswer(
  { status, headers, body }: WireAnswer,
  bodiless: boolean,
  { problem }: Contract
): string | undefined {
  if (!known.has(status)) return `status ${status} is in no table`
  if (status >= 500 && !passing.has(status)) return `status ${status}`
  if (!headers['x-content-type-options']) return `status ${status} without the headers of every answer`
  // A redirect names the URL that it was asked for.
  if (JSON.stringify({ ...headers, location: '' }).includes(CANARY))
    return `a header of the answer quotes the request`
  if (status < 400 || bodiless) return undefined
  if (body.includes(CANARY)) return `the problem document of ${status} quotes the request`
  if (!headers['content-type']?.startsWith('application/problem+json'))
    return `status ${status} without a problem document`
  const document = parse(body)
  if (!problem(document)) return `the problem document of ${status} is not after its schema`
  return (document as { status: number }).status === status
    ? undefined
    : 'the problem document has another status'
}

/** What the OpenAPI document promises of a body that is JSON. */
function judgeExpected(
  { status, body }: WireAnswer,
  { operation, body: sent }: Expectation,
  contract: Contract
): string | undefined {
  const key = `${operation} ${status}`
  if (!contract.responses.has(key)) return `${key} is not documented`
  const document = parse(body)
  const valid = contract.responses.get(key)
  if (valid && !valid(document)) return `the answer of ${key} is not after its schema`
  if (passing.has(status)) return undefined
  const allowed = contract.request.get(operation)?.(sent) ?? true
  if (status === 200) {
    if (operation === 'post /ner') {
      if (!allowed) return 'a body that breaks its schema is accepted'
      return judgeSpans(document as Recognized, document as Counted, (sent as { text: string }).text)
    }
    return judgeBatch(document as BatchAnswer, sent as BatchSent, allowed)
  }
  const code = (document as { code: string }).code
  // "__proto__" is refused by name, and two documents of one id are beyond a schema.
  if (allowed) return `a body after its schema is refused (${code})`
  return status === 422 || code === 'invalid_json'
    ? undefined
    : `a body that breaks its schema is answered with ${status}`
}

interface BatchSent {
  readonly documents: readonly ({ readonly id?: unknown; readonly text: string } | null)[]
}

interface Counted {
  readonly offsetUnit: OffsetUnit
}

interface BatchAnswer extends Counted {
  readonly documents: readonly (Recognized & { readonly id: string })[]
  readonly errors: readonly { readonly index: number }[]
}

/** Each document is in one list, in order, and a body after its schema has none at fault but for a second id. */
function judgeBatch(
  { documents, errors, offsetUnit }: BatchAnswer,
  { documents: sent }: BatchSent,
  allowed: boolean
): string | undefined {
  if (documents.length + errors.length !== sent.length)
    return 'not every document of a batch is answered once'
  const failed = new Set(errors.map(({ index }) => index))
  if (failed.size !== errors.length) return 'two errors of one document'
  const ids = new Set(sent.map(document => document?.id))
  if (allowed && errors.length > 0 && ids.size === sent.length)
    return 'a document after its schema is refused'
  const good = sent.filter((_, index) => !failed.has(index))
  for (const [i, answer] of documents.entries()) {
    if (answer.id !== good[i]?.id) return 'the documents of a batch are mixed up'
    const fault = judgeSpans(answer, { offsetUnit }, good[i]?.text ?? '')
    if (fault) return fault
  }
  return undefined
}

/** As a client of a language would slice that counts so; half a surrogate pair has no bytes of its own. */
const slices: Readonly<Record<OffsetUnit, (text: string, start: number, end: number) => string>> = {
  utf16: (text, start, end) => text.slice(start, end),
  codepoint: (text, start, end) => Array.from(text).slice(start, end).join(''),
  utf8: (text, start, end) => Buffer.from(text).subarray(start, end).toString()
}

function judgeSpans({ entities }: Recognized, { offsetUnit }: Counted, text: string): string | undefined {
  const slice = slices[offsetUnit]
  let last = 0
  for (const { start, end, text: span } of entities) {
    const said = offsetUnit === 'utf8' ? Buffer.from(span).toString() : span
    if (slice(text, start, end) !== said || start < last || end <= start)
      return 'an entity is not where it says'
    last = end
  }
  return undefined
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
