import { rename, stat } from 'node:fs/promises'
import { type Checkpoint, Journal } from './journal.ts'
import { nothingDone } from './totals.ts'

/** An output that is being made under another name, beside the journal that says how far it is. */
export interface Output {
  readonly path: string
  readonly part: string
  readonly journal: Journal
  /** where to go on */
  readonly from: Checkpoint
}

/**
 * Begins a run, or finds where an interrupted one was.
 * @param run digest of all that the output depends on
 * @throws Error when there is an output already, or an unfinished one of another run
 */
export async function openOutput(path: string, run: string): Promise<Output> {
  const journal = new Journal(`${path}.journal`)
  const part = `${path}.part`
  const before = await journal.read()
  // A run that has done nothing is not worth keeping.
  if (before && before.next > 0 && before.run !== run) {
    throw new Error(
      `${path}.journal is of a run with another input, model or options; remove it and ${part} to begin anew`
    )
  }
  if (before?.complete) {
    const output = { path, part, journal, from: before }
    await complete(output)
    return output
  }
  if (await exists(path)) throw new Error(`${path} is there already; remove it to annotate anew`)
  if (before && before.next > 0) {
    if (!(await exists(part))) throw new Error(`${part} is gone; remove ${path}.journal to begin anew`)
    return { path, part, journal, from: before }
  }
  const from = { run, next: 0, bytes: 0, totals: nothingDone, complete: false }
  await journal.write(from)
  return { path, part, journal, from }
}

/** Gives a whole output its name. Interrupted, it is done again. */
export async function complete({ path, part, journal }: Output): Promise<void> {
  if (await exists(part)) await rename(part, path)
  await journal.remove()
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return false
    throw error
  }
}
