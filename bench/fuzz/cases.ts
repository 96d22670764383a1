import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { changeBytes } from './bytes.ts'
import type { Contract } from './contract.ts'
import { Dice } from './dice.ts'
import { anyText, CANARY, hard } from './texts.ts'
import { changeValue, makeValue, writeJson } from './values.ts'

/** What must hold of the answer, besides what holds of every one. */
export interface Expectation {
  readonly operation: string
  /** as it was sent, where it is JSON that has not been tampered with */
  readonly body?: unknown
}

export interface Case {
  readonly kind: string
  readonly bytes: Buffer
  readonly bodiless: boolean
  readonly expected?: Expectation
}

type Make = (dice: Dice, contract: Contract) => Omit<Case, 'kind'>

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'QUERY', 'TRACE', 'PROPFIND']

const pages = [
  '/',
  '/docs',
  '/docs/',
  '/docs/static/index.html',
  '/openapi.json',
  '/playground/main.js',
  '/favicon.ico'
]

/** The kinds of cases, each as often in a hundred as is said. */
const kinds: readonly (readonly [string, number, Make])[] = [
  ['schema', 34, schemaCase],
  ['text', 18, textCase],
  [
    'bytes',
    24,
    (dice, contract) => ({ bytes: changeBytes(someRequest(dice, contract), dice), bodiless: false })
  ],
  ['headers', 9, headersCase],
  ['path', 9, pathCase],
  ['coding', 2, codingCase],
  ['pipelined', 4, pipelinedCase]
]
const deck = kinds.flatMap(kind => Array<(typeof kinds)[number]>(kind[1]).fill(kind))

/** The case of a number: the same for the same seed, whatever others are made. */
export function caseOf(seed: number, number: number, contract: Contract): Case {
  const dice = new Dice(Math.imul(seed, 2_654_435_761) ^ Math.imul(number + 1, 40_503))
  const [kind, , make] = dice.pick(deck)
  return { kind, ...make(dice, contract) }
}

/** A body after its schema, with no, one or some places changed. */
function schemaCase(dice: Dice, contract: Contract): Omit<Case, 'kind'> {
  const operation = dice.pick(contract.bodies)
  let body = makeValue(operation.schema, contract.components, contract.labels, dice)
  if (!dice.chance(0.3)) for (let i = dice.below(3); i >= 0; i--) body = changeValue(body, dice)
  const json = writeJson(body, dice)
  const untouched = json === JSON.stringify(body)
  return {
    bytes: request('POST', operation.path, { 'content-type': 'application/json' }, Buffer.from(json)),
    bodiless: false,
    ...(untouched && { expected: { operation: `post ${operation.path}`, body } })
  }
}

/** A valid request whose text is hard. */
function textCase(dice: Dice): Omit<Case, 'kind'> {
  const texts = Array.from({ length: 1 + dice.below(4) }, () => anyText(dice, 60))
  const options = dice.chance(0.3) ? { options: { include: ['tokens', 'sentences'] } } : {}
  const [path, body] = dice.chance(0.7)
    ? ['/ner', { text: texts[0], ...options }]
    : ['/ner/batch', { documents: texts.map((text, i) => ({ id: `${CANARY}${i}`, text })), ...options }]
  return {
    bytes: request('POST', path, { 'content-type': 'application/json' }, Buffer.from(JSON.stringify(body))),
    bodiless: false,
    expected: { operation: `post ${path}`, body }
  }
}

/** Headers that say something else than the body is. */
function headersCase(dice: Dice, contract: Contract): Omit<Case, 'kind'> {
  const body = Buffer.from(JSON.stringify({ text: anyText(dice, 5) }))
  const headers: string[] = []
  const add = (name: string, values: readonly string[]): void => {
    if (dice.chance(0.25)) headers.push(`${name}: ${dice.pick(values)}`)
  }
  add('content-type', [
    'text/plain',
    'application/json; charset=utf-16',
    'application/json;;',
    CANARY,
    '',
    'application/problem+json'
  ])
  add('content-length', [
    `${body.length}`,
    '0',
    '-1',
    '+5',
    '0x10',
    '1e3',
    '99999999999999999999',
    `${body.length}, ${body.length}`,
    '5 6'
  ])
  add('transfer-encoding', ['chunked', 'identity', 'xchunked', 'chunked, gzip', ' chunked', 'chunked\x0b'])
  add('content-encoding', ['gzip', 'identity', 'br, gzip', CANARY, ''])
  add('expect', ['100-continue', '200-ok', CANARY])
  add('accept', ['text/html', 'application/xml;q=1', '*/*;q=0', CANARY])
  add('traceparent', [`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, CANARY, '00-0-0-0', 'ff-'.repeat(200)])
  add('x-request-id', [CANARY.slice(0, 3), `${CANARY} x`, 'x'.repeat(300), '\xff'])
  add('authorization', [`Bearer ${CANARY}`, 'Basic Og==', 'Bearer', `Bearer ${'x'.repeat(9000)}`])
  add('x-api-key', [CANARY, ''])
  add('connection', ['keep-alive', 'upgrade', 'close, te'])
  add('upgrade', ['websocket', 'h2c'])
  add('origin', ['null', `https://${CANARY}.example`])
  add('host', ['', 'a b', CANARY, 'x:99999'])
  add(dice.pick(['x', 'x y', 'x\x00', ':', `x-${CANARY}`]), ['', dice.pick(hard), 'a\r\n folded', '\x00'])
  const path = dice.pick(contract.bodies).path
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\n${headers.join('\r\n')}${headers.length ? '\r\n' : ''}`
  const usual = headers.some(line => /^(content-length|transfer-encoding)/.test(line))
    ? ''
    : `content-length: ${body.length}\r\n`
  return { bytes: Buffer.concat([Buffer.from(`${head}${usual}\r\n`, 'latin1'), body]), bodiless: false }
}

/** Every route with every method, and paths that almost are one. */
function pathCase(dice: Dice, { paths }: Contract): Omit<Case, 'kind'> {
  const method = dice.chance(0.6) ? 'GET' : dice.pick(methods)
  const path = dice.pick([...paths, ...pages])
  const changed = dice.pick([
    () => path,
    () => path,
    () => `${path}?q=${CANARY}&text=${encodeURIComponent(Buffer.from(dice.pick(hard)).toString())}`,
    () => `${path}/${CANARY}`,
    () => `/${path}`,
    () => `${path}%00`,
    () => `${path}/../../etc/passwd`,
    () =>
      `/playground/${dice.pick(['..%2f..%2fpackage.json', '%2e%2e/server.js', CANARY, '__proto__', 'constructor'])}`,
    () => path.toUpperCase(),
    () => `${path}%${dice.pick(['zz', 'ff', 'c0%af', ''])}`,
    () => `http://x${path}`,
    () => `/${dice.pick(hard).replaceAll(/[\r\n]/g, '')}`,
    () => `/${CANARY.repeat(dice.below(1500))}`,
    () => `/:${path.slice(1)}(`,
    () => '*'
  ])()
  const body = ['POST', 'PUT', 'PATCH', 'QUERY'].includes(method)
    ? Buffer.from(dice.pick(['', '{}', CANARY]))
    : undefined
  return { bytes: request(method, changed, {}, body), bodiless: method === 'HEAD' }
}

/** Bodies in a coding that the service does not read, bombs among them. */
function codingCase(dice: Dice): Omit<Case, 'kind'> {
  const body = Buffer.from(
    JSON.stringify({ text: dice.chance(0.2) ? CANARY.repeat(300_000) : anyText(dice) })
  )
  const [coding, coded] = dice.pick([
    ['gzip', () => gzipSync(body)],
    ['deflate', () => deflateSync(body)],
    ['br', () => brotliCompressSync(body.subarray(0, 2000))],
    ['gzip', () => body]
  ] as const)
  const headers = { 'content-type': 'application/json', 'content-encoding': coding }
  return { bytes: request('POST', '/ner', headers, coded()), bodiless: false }
}

/** Some requests at once on one connection, which may end in what is none. */
function pipelinedCase(dice: Dice, contract: Contract): Omit<Case, 'kind'> {
  const requests = [
    someRequest(dice, contract, 'keep-alive'),
    ...dice.list(3, () => someRequest(dice, contract, 'keep-alive'))
  ]
  const last = dice.chance(0.5)
    ? Buffer.from(dice.pick(['GARBAGE\r\n\r\n', '\r\n\r\n', '\x00', 'GET']))
    : someRequest(dice, contract)
  return { bytes: Buffer.concat([...requests, last]), bodiless: false }
}

function someRequest(dice: Dice, contract: Contract, connection = 'close'): Buffer {
  if (dice.chance(0.3)) return request('GET', dice.pick(contract.paths), {}, undefined, connection)
  const { path, schema } = dice.pick(contract.bodies)
  const body = Buffer.from(JSON.stringify(makeValue(schema, contract.components, contract.labels, dice)))
  return request('POST', path, { 'content-type': 'application/json' }, body, connection)
}

function request(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: Buffer,
  connection = 'close'
): Buffer {
  const all = { host: 'x', connection, ...headers, ...(body && { 'content-length': String(body.length) }) }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`),
    body ?? Buffer.alloc(0)
  ])
}
