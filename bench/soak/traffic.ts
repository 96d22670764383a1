import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../src/benchmark/notes.ts'
import { Connection, type HttpAnswer } from '../load/http.ts'
import { mixedNotes } from '../notes.ts'

/** How one request of the mix ended, when it ended well; `refused` is for a lack of processors to explain. */
export type Ending = 'answered' | 'refused'

/** One kind of request. */
interface Kind {
  readonly name: string
  /** how many of a hundred requests are of it */
  readonly share: number
  /** @throws Error that says what was wrong with the answer */
  send(): Promise<Ending>
}

const TEXTS = 300
const SHORTEST_TOKENS = 10
const LONGEST_TOKENS = 700
/** Cut into parts that all workers share. */
const LONG_TEXT = 60_000
const MOST_DOCUMENTS = 12
/** Longest time from the request of a client that hangs up to its end, in milliseconds. */
const PATIENCE_MS = 30

/** What a service answers that gets too little of the processors, for instance to read what has arrived. */
const statuses: ReadonlySet<number> = new Set([408, 503, 504])
/** The same of a document of a batch. */
const passing = /"code":"(overloaded|deadline_exceeded)"/

/**
 * What many kinds of callers send: notes of all sizes, batches, options, reads, mistakes, and hanging up. Each answer is
 * checked: its status, and that the body is, byte for byte, the first one to the same request.
 */
export class Traffic {
  readonly #url: URL
  readonly #random: () => number
  readonly #texts: readonly string[]
  /** each kind as often as its share says */
  readonly #deck: readonly Kind[]
  readonly #expected = new Map<string, Buffer>()
  readonly #free: Connection[] = []
  /** requests of each kind, by how they ended */
  readonly counts = new Map<string, number>()

  constructor(base: string, seed: number) {
    this.#url = new URL(base)
    this.#random = seededRandom(seed)
    this.#texts = mixedNotes(TEXTS, SHORTEST_TOKENS, LONGEST_TOKENS)
    this.#deck = this.#mix().flatMap(kind => Array<Kind>(kind.share).fill(kind))
  }

  /** Sends one request of the mix, whichever chance chooses. */
  async send(): Promise<void> {
    const kind = this.#deck[Math.floor(this.#random() * this.#deck.length)]
    const ending = await kind.send().catch((error: unknown) => {
      throw new Error(`${kind.name}: ${error instanceof Error ? error.message : 'failed'}`)
    })
    const key = `${kind.name}: ${ending}`
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1)
  }

  /** Closes the connections, to be called when nothing is under way. */
  rest(): void {
    for (const connection of this.#free.splice(0)) connection.close()
  }

  #mix(): readonly Kind[] {
    const long = this.#texts.join('\n\n').slice(0, LONG_TEXT)
    return [
      { name: 'note', share: 50, send: () => this.#post('/ner', { text: this.#text() }) },
      {
        name: 'note with all options',
        share: 8,
        send: () =>
          this.#post('/ner', {
            text: this.#text(),
            options: { include: ['tokens', 'sentences'], minConfidence: 0.2 }
          })
      },
      { name: 'long note', share: 1, send: () => this.#post('/ner', { text: long }) },
      { name: 'batch', share: 6, send: () => this.#post('/ner/batch', this.#batch()) },
      { name: 'labels', share: 4, send: () => this.#get('/labels') },
      { name: 'probe', share: 4, send: () => this.#get('/readyz') },
      { name: 'metrics', share: 2, send: () => this.#get('/metrics', 200, false) },
      { name: 'page', share: 2, send: () => this.#get('/') },
      { name: 'no JSON', share: 4, send: () => this.#postRaw('/ner', `{"text": "${this.#text()}`, 400) },
      { name: 'no UTF-8', share: 2, send: () => this.#postRaw('/ner', Buffer.from([0x22, 0xe9, 0x22]), 400) },
      { name: 'no text', share: 4, send: () => this.#postRaw('/ner', '{"text": 5}', 422) },
      {
        name: 'unknown label',
        share: 2,
        send: () => this.#postRaw('/ner', '{"text": "x", "options": {"labels": ["Nothing"]}}', 422)
      },
      { name: 'no route', share: 2, send: () => this.#get('/nowhere', 404, false) },
      { name: 'no HTTP', share: 2, send: () => this.#sendGarbage() },
      { name: 'hanging up', share: 4, send: () => this.#hangUp(1) },
      { name: 'hanging up in the body', share: 3, send: () => this.#hangUp(this.#random()) }
    ]
  }

  #text(): string {
    return this.#texts[Math.floor(this.#random() * this.#texts.length)]
  }

  /** One document is at fault; the others are answered. */
  #batch(): object {
    const first = Math.floor(this.#random() * (TEXTS - MOST_DOCUMENTS))
    const count = 2 + (first % (MOST_DOCUMENTS - 1))
    const texts = this.#texts.slice(first, first + count)
    return { documents: [...texts, ''].map((text, i) => ({ id: String(i), text })) }
  }

  #post(path: string, body: object): Promise<Ending> {
    return this.#postRaw(path, JSON.stringify(body), 200, true)
  }

  async #postRaw(path: string, body: string | Buffer, status: number, same = false): Promise<Ending> {
    const request = this.#request('POST', path, Buffer.from(body))
    return this.#check(path, await this.#ask(request), status, same ? request.toString('latin1') : undefined)
  }

  async #get(path: string, status = 200, same = true): Promise<Ending> {
    return this.#check(path, await this.#ask(this.#request('GET', path)), status, same ? path : undefined)
  }

  #request(method: string, path: string, body?: Buffer): Buffer {
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${this.#url.host}\r\n`
    if (!body) return Buffer.from(`${head}\r\n`)
    const type = `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    return Buffer.concat([Buffer.from(head + type), body])
  }

  async #ask(request: Buffer): Promise<HttpAnswer> {
    const connection = this.#free.pop() ?? (await Connection.open(this.#url))
    const answer = await connection.ask(request)
    // With that of what cannot be read the service closes the connection.
    if (answer.status === 400 || answer.status === 408) connection.close()
    else this.#free.push(connection)
    return answer
  }

  #check(path: string, { status, body }: HttpAnswer, expected: number, key?: string): Ending {
    if (statuses.has(status)) return 'refused'
    if (status !== expected) throw new Error(`${path} was answered with ${status} instead of ${expected}.`)
    if (key === undefined) return 'answered'
    const before = this.#expected.get(key)
    // A batch is answered though time was too short for some of its documents.
    if (passing.test(body.toString('latin1'))) return 'refused'
    if (!before) this.#expected.set(key, body)
    else if (!body.equals(before)) {
      throw new Error(
        `An answer of ${path} has changed, from ${before.length} bytes to ${describeChange(before, body)}.`
      )
    }
    return 'answered'
  }

  async #sendGarbage(): Promise<Ending> {
    return this.#check('What is not HTTP', await this.#ask(Buffer.from('GARBAGE\r\n\r\n')), 400)
  }

  /** @param share how much of the request is sent before the connection is cut */
  async #hangUp(share: number): Promise<Ending> {
    const request = this.#request('POST', '/ner', Buffer.from(JSON.stringify({ text: this.#text() })))
    const socket: Socket = connect(Number(this.#url.port), this.#url.hostname)
    await once(socket, 'connect')
    socket.on('error', () => {})
    socket.write(request.subarray(0, Math.ceil(share * request.length)))
    await sleep(this.#random() * PATIENCE_MS)
    socket.destroy()
    return 'answered'
  }
}

/** Where an answer differs from the one before: texts are made up, so they may be shown. */
function describeChange(before: Buffer, after: Buffer): string {
  let first = 0
  while (first < before.length && before[first] === after[first]) first++
  const near = (bytes: Buffer): string => bytes.toString('utf8', Math.max(0, first - 100), first + 100)
  return `${after.length}; at ${first} it was ${near(before)} and is ${near(after)}`
}
