import { open, readFile, rename, rm } from 'node:fs/promises'
import { type Static, Type } from 'typebox'
import { compileValidator } from '../schemas/validator.ts'

/** How far a run is. */
const CheckpointSchema = Type.Object({
  /** what the run is of: input, options, model */
  run: Type.String(),
  /** places of the input before this one are done */
  next: Type.Integer({ minimum: 0 }),
  /** bytes of the output that belong to them */
  bytes: Type.Integer({ minimum: 0 }),
  totals: Type.Object({
    documents: Type.Integer({ minimum: 0 }),
    entities: Type.Integer({ minimum: 0 }),
    failed: Type.Integer({ minimum: 0 })
  }),
  /** the output is whole: it only has to get its name */
  complete: Type.Boolean()
})

export type Checkpoint = Static<typeof CheckpointSchema>

const isCheckpoint = compileValidator<Checkpoint>(CheckpointSchema)

/** A file that says how far a run is. It is replaced as a whole, so that it can be read whenever the run ends. */
export class Journal {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * The last checkpoint; undefined where there is none.
   * @throws Error when the file is something else
   */
  async read(): Promise<Checkpoint | undefined> {
    let content: string
    try {
      content = await readFile(this.#path, 'utf8')
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOENT') return undefined
      throw error
    }
    const checkpoint = parse(content)
    if (!isCheckpoint(checkpoint)) throw new Error(`${this.#path} is not the journal of a run`)
    return checkpoint
  }

  async write(checkpoint: Checkpoint): Promise<void> {
    const next = `${this.#path}.new`
    const file = await open(next, 'w')
    try {
      await file.writeFile(`${JSON.stringify(checkpoint)}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(next, this.#path)
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
    await rm(`${this.#path}.new`, { force: true })
  }
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
