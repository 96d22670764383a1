import type { WriteStream } from 'node:tty'

/** Milliseconds between two states of the line. */
const INTERVAL = 200

/** A line at the bottom of a terminal that is rewritten; nothing where the stream is not one. */
export class StatusLine {
  readonly #stream: WriteStream
  #shown = 0

  constructor(stream: WriteStream) {
    this.#stream = stream
  }

  /** @param describe makes the line; called only when it is time for a new one */
  show(describe: () => string): void {
    const now = performance.now()
    if (!this.#stream.isTTY || now - this.#shown < INTERVAL) return
    this.#shown = now
    this.#stream.write(`\r\x1b[K${describe().slice(0, this.#stream.columns - 1)}`)
  }

  /** Writes a line that stays. */
  print(line: string): void {
    this.clear()
    this.#stream.write(`${line}\n`)
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\x1b[K')
  }
}
