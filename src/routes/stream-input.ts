import type { IncomingMessage, ServerResponse } from 'node:http'

/** Why no more is read of a stream. */
export type Stop = 'idle' | 'draining' | 'gone'

/** Milliseconds in which a client that goes on sending after the end of its answer may read that answer. */
const LINGER = 2_000

/**
 * The body of a stream, chunk by chunk as it is asked for. It can be stopped without the end of the connection, over
 * which answers are still to go.
 */
export class StreamInput {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #onBytes: (count: number) => void
  readonly #timer: NodeJS.Timeout
  readonly #idle: number
  #active = performance.now()
  #open = 0
  #waiting = false
  #ended = false
  #stop: Stop | undefined
  #wake = (): void => {}

  /**
   * @param idle longest time without a sign of the client, in milliseconds
   * @param onBytes told how many bytes were read
   */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    idle: number,
    onBytes: (count: number) => void
  ) {
    this.#request = request
    this.#response = response
    this.#onBytes = onBytes
    this.#idle = idle
    this.#timer = setInterval(() => this.#watch(), Math.min(1000, idle / 2)).unref()
    request.on('readable', this.#onReadable)
    request.once('end', this.#onEnd)
    request.once('error', this.#onEnd)
    response.once('close', () => this.stop('gone'))
  }

  /** Why it was stopped before its end. */
  get stopped(): Stop | undefined {
    return this.#stop
  }

  stop(reason: Stop): void {
    this.#stop ??= reason
    this.#wake()
  }

  /** A document was taken on. */
  opened(): void {
    this.#open++
  }

  /** Its answer is on its way. */
  answered(): void {
    this.#open--
    this.#active = performance.now()
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = await this.#next()
      if (!chunk) return
      this.#active = performance.now()
      this.#onBytes(chunk.length)
      yield chunk
    }
  }

  /** To be called when the answer is complete: what still comes is thrown away, and not for long. */
  close(): void {
    clearInterval(this.#timer)
    this.#request.off('readable', this.#onReadable)
    this.#request.resume()
    if (this.#ended) return
    setTimeout(() => {
      if (!this.#ended) this.#request.destroy()
    }, LINGER).unref()
  }

  readonly #onReadable = (): void => this.#wake()

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#wake()
  }

  #next(): Promise<Buffer | undefined> {
    this.#waiting = true
    return new Promise(resolve => {
      this.#wake = () => {
        const chunk: Buffer | null = this.#stop ? null : this.#request.read()
        if (chunk === null && !this.#ended && !this.#stop) return
        this.#waiting = false
        this.#wake = () => {}
        resolve(chunk ?? undefined)
      }
      this.#wake()
    })
  }

  /** A client is idle that neither reads what is there, nor sends when nothing is there for it to wait for. */
  #watch(): void {
    if (performance.now() - this.#active < this.#idle) return
    if (this.#response.writableNeedDrain) this.#request.destroy()
    else if (this.#waiting && this.#open === 0) this.stop('idle')
  }
}
