import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ServiceError } from '../errors.ts'
import { Checkpoints } from './checkpoints.ts'
import { fileNameOf, toStandoff } from './formats/brat.ts'
import type { Output } from './output.ts'
import type { Sink } from './sink.ts'

/**
 * Results in a folder for brat: for each document a file `.txt` with its text and one `.ann` with its entities. What is
 * written again after an interruption is the same.
 */
export async function openFolderSink(output: Output): Promise<Sink> {
  const folder = output.part
  // No id has this name: theirs do not begin with a period.
  const unfinished = join(folder, '.unfinished')
  await mkdir(folder, { recursive: true })
  const checkpoints = new Checkpoints(output, async () => {})

  /** Whole or not at all, whenever the run ends. */
  async function writeWhole(path: string, content: string): Promise<void> {
    await writeFile(unfinished, content)
    await rename(unfinished, path)
  }

  return {
    async write(document, analyzed) {
      const path = join(folder, fileNameOf(document.id))
      const before = await readIfThere(`${path}.txt`)
      if (before && !before.equals(Buffer.from(document.text))) return new ServiceError('duplicate_id')
      if (!before) await writeWhole(`${path}.txt`, document.text)
      await writeWhole(`${path}.ann`, toStandoff(document, analyzed))
      return undefined
    },
    written: (next, totals) => checkpoints.written(next, 0, totals),
    async finish() {
      await rm(unfinished, { force: true })
      await checkpoints.finish()
    },
    suspend: () => checkpoints.save()
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}
