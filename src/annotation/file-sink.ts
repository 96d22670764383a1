import { type FileHandle, open } from 'node:fs/promises'
import { Checkpoints } from './checkpoints.ts'
import type { Format } from './formats/format.ts'
import type { Output } from './output.ts'
import type { Sink } from './sink.ts'
import { TextBuffer } from './text-buffer.ts'

/** Results in one file, which is taken up where its last checkpoint says. */
export async function openFileSink(output: Output, format: Format): Promise<Sink> {
  const { part, from } = output
  const file = await openPart(part, from.bytes)
  let bytes = from.bytes
  const buffer = new TextBuffer(async chunk => {
    await file.writeFile(chunk)
  })
  const checkpoints = new Checkpoints(output, async () => {
    await buffer.flush()
    await file.datasync()
  })
  const add = async (text: string): Promise<void> => {
    bytes += await buffer.add(text)
  }
  if (from.next === 0 && bytes === 0) await add(format.header)
  return {
    async write(document, analyzed) {
      await add(format.write(document, analyzed))
      return undefined
    },
    written: (next, totals) => checkpoints.written(next, bytes, totals),
    async finish() {
      await checkpoints.finish()
      await file.close()
    },
    async suspend() {
      await checkpoints.save()
      await file.close()
    }
  }
}

/**
 * The unfinished output, cut back to its last checkpoint.
 * @throws Error when it is shorter
 */
async function openPart(path: string, bytes: number): Promise<FileHandle> {
  const file = await open(path, 'a')
  const { size } = await file.stat()
  if (size < bytes) {
    await file.close()
    throw new Error(`${path} is shorter than its journal says; remove both to begin anew`)
  }
  await file.truncate(bytes)
  return file
}
