import type { Writable } from 'node:stream'
import type { Format } from './formats/format.ts'
import type { Sink } from './sink.ts'
import { TextBuffer } from './text-buffer.ts'

/** Results on a stream, no faster than it takes them. What ends early begins anew. */
export async function openStreamSink(stream: Writable, format: Format): Promise<Sink> {
  // The write that fails tells.
  stream.on('error', () => {})
  const buffer = new TextBuffer(
    chunk =>
      new Promise((resolve, reject) => stream.write(chunk, error => (error ? reject(error) : resolve())))
  )
  await buffer.add(format.header)
  return {
    async write(document, analyzed) {
      await buffer.add(format.write(document, analyzed))
      return undefined
    },
    async written() {},
    finish: () => buffer.flush(),
    suspend: () => buffer.flush()
  }
}
