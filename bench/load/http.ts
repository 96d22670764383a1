import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface HttpAnswer {
  readonly status: number
  readonly body: Buffer
  /** seconds after which to try again, where the answer says so */
  readonly retryAfter?: number
}

const HEAD_END = Buffer.from('\r\n\r\n')
const RECEIVED = Buffer.alloc(65_536)

/** Reads answers of HTTP/1.1 that have a Content-Length, one at a time, from the chunks they come in. */
export class AnswerReader {
  #head: Buffer = Buffer.alloc(0)
  #status = 0
  #retryAfter: number | undefined
  /** bytes of the body that are missing; undefined while the head is read */
  #missing: number | undefined
  #body: Buffer[] = []

  /** @returns the answer when `chunk` completes it */
  push(chunk: Buffer): HttpAnswer | undefined {
    let rest = chunk
    if (this.#missing === undefined) {
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
      const end = this.#head.indexOf(HEAD_END)
      if (end < 0) return undefined
      const head = this.#head.toString('latin1', 0, end)
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
      if (length === undefined) throw new Error('The answer has no Content-Length.')
      this.#status = Number(head.slice(9, 12))
      const retryAfter = this.#status === 200 ? undefined : /\r\nretry-after: *(\d+)/i.exec(head)?.[1]
      this.#retryAfter = retryAfter === undefined ? undefined : Number(retryAfter)
      this.#missing = Number(length)
      rest = this.#head.subarray(end + HEAD_END.length)
    }
    if (rest.length > this.#missing) throw new Error('More came than one answer.')
    if (rest.length > 0) this.#body.push(rest)
    this.#missing -= rest.length
    return this.#missing === 0 ? this.#take() : undefined
  }

  #take(): HttpAnswer {
    const body = this.#body.length === 1 ? this.#body[0] : Buffer.concat(this.#body)
    const answer = {
      status: this.#status,
      body,
      ...(this.#retryAfter !== undefined && { retryAfter: this.#retryAfter })
    }
    this.#head = Buffer.alloc(0)
    this.#missing = undefined
    this.#body = []
    return answer
  }
}

/** A POST of JSON as it goes over the wire. */
export function toRequest(url: URL, body: string): Buffer {
  return Buffer.from(
    `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  )
}

interface Waiting {
  resolve(answer: HttpAnswer): void
  reject(error: Error): void
}

/**
 * A connection that is kept open, for one request at a time. `fetch` takes some 250 µs of CPU a request and this
 * 10 µs: the client runs on the cores of the service, and what it uses is missing there.
 */
export class Connection {
  readonly #socket: Socket
  readonly #reader = new AnswerReader()
  #waiting: Waiting | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', error => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The connection was closed.')))
  }

  static async open({ hostname, port }: URL): Promise<Connection> {
    let connection: Connection | undefined
    const socket = connect({
      port: Number(port),
      host: hostname,
      // What comes is read before anything else comes, into the same memory, past the machinery of streams.
      onread: {
        buffer: RECEIVED,
        callback: length => {
          if (connection) connection.#receive(Buffer.from(RECEIVED.subarray(0, length)))
          return true
        }
      }
    })
    await once(socket, 'connect')
    connection = new Connection(socket)
    return connection
  }

  /** Whether the server has left it open. */
  get isOpen(): boolean {
    return this.#socket.writable
  }

  ask(request: Buffer): Promise<HttpAnswer> {
    if (this.#waiting) throw new Error('A connection was given two requests at once. This is a bug.')
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    try {
      const answer = this.#reader.push(chunk)
      if (!answer) return
      const waiting = this.#waiting
      this.#waiting = undefined
      waiting?.resolve(answer)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
    this.#socket.destroy()
  }
}
