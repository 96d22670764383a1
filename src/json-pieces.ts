import { nextTurn } from './event-loop.ts'

/**
 * Members of a list that are written without a break, and characters gathered before the event loop turns: some tenths of
 * a millisecond each. What comes meanwhile is answered after several turns.
 */
const MEMBERS = 100
const GATHERED = 16_384

/**
 * JSON of a value in UTF-8. A long list in it is written piece by piece, and between the pieces the event loop turns:
 * nobody waits for the answer to a megabyte.
 * @param value of plain data, as `JSON.stringify` writes it
 */
export async function writeJson(value: object): Promise<Buffer> {
  const written: Buffer[] = []
  let gathered = ''
  for (const piece of jsonPieces(value)) {
    gathered += piece
    if (gathered.length < GATHERED) continue
    written.push(Buffer.from(gathered))
    gathered = ''
    await nextTurn()
  }
  written.push(Buffer.from(gathered))
  return Buffer.concat(written)
}

/** What `JSON.stringify` makes of it, in pieces. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) yield JSON.stringify(value)
  else if (Array.isArray(value)) yield* listPieces(value)
  else {
    let before = '{'
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue
      yield `${before}${JSON.stringify(name)}:`
      yield* jsonPieces(member)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}

/** Members that hold lists themselves one by one, others many at once; what the first one is, all are taken to be. */
function* listPieces(list: readonly unknown[]): Generator<string> {
  const atOnce = holdsList(list[0]) ? 1 : MEMBERS
  let before = '['
  for (let first = 0; first < list.length; first += atOnce) {
    yield before
    if (atOnce === 1) yield* jsonPieces(list[first] ?? null)
    else yield JSON.stringify(list.slice(first, first + atOnce)).slice(1, -1)
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

function holdsList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).some(Array.isArray)
}
