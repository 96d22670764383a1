/** Bytes that are written at once. */
const SIZE = 65_536

/** Joins small texts to larger writes. One that failed may have been done in part: nothing can be written after it. */
export class TextBuffer {
  readonly #write: (chunk: Buffer) => Promise<void>
  #held: Buffer[] = []
  #length = 0
  #failure: { readonly error: unknown } | undefined

  constructor(write: (chunk: Buffer) => Promise<void>) {
    this.#write = write
  }

  /** Returns the bytes of the text. */
  async add(text: string): Promise<number> {
    const bytes = Buffer.from(text)
    this.#held.push(bytes)
    this.#length += bytes.length
    if (this.#length >= SIZE) await this.flush()
    return bytes.length
  }

  async flush(): Promise<void> {
    if (this.#failure) throw this.#failure.error
    if (this.#length === 0) return
    const chunk = Buffer.concat(this.#held)
    this.#held = []
    this.#length = 0
    try {
      await this.#write(chunk)
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }
}
