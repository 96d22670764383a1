import type { AnalyzedText } from '../analysis.ts'
import { ServiceError } from '../errors.ts'
import type { Outcome, Recognizer } from '../recognition/recognizer.ts'
import type { RecognitionOptions } from '../schemas/options.ts'
import type { Document, Entry } from './document.ts'
import type { Sink } from './sink.ts'
import type { Totals } from './totals.ts'

export interface RunOptions {
  readonly recognizer: Pick<Recognizer, 'recognize'>
  readonly sink: Sink
  readonly options: RecognitionOptions
  /** longest text, in UTF-16 code units */
  readonly maxTextLength: number
  /** most documents, and UTF-16 code units of them, that are read and not written; one document may be longer */
  readonly window: { readonly documents: number; readonly characters: number }
  /** what was done before */
  readonly before: Totals
  /** told of a document that cannot be annotated; it is passed over unless this throws */
  readonly onError: (where: string, error: ServiceError) => void
  /** told after each document */
  readonly onProgress: (totals: Totals) => void
}

interface Pending {
  readonly entry: Entry
  readonly characters: number
  readonly outcome: Promise<Outcome>
}

/** States of the service and not of a document: what is refused in one would be done in another. */
const states: ReadonlySet<string> = new Set(['overloaded', 'not_ready'])

/**
 * Annotates documents, many at once, and writes them in the order of the input, so that the output is the same however
 * often the run was interrupted. Holds a window of the input and no more.
 * @throws what `onError` throws, and what says that nothing can be annotated
 */
export async function annotate(entries: AsyncIterable<Entry>, run: RunOptions): Promise<Totals> {
  const { sink, window, before, onError, onProgress } = run
  const pending: Pending[] = []
  let characters = 0
  let totals = before

  async function writeFirst(): Promise<void> {
    const [{ entry, characters: own, outcome }] = pending.splice(0, 1)
    characters -= own
    const error = await write(entry, await outcome)
    if (error) {
      onError(entry.where, error)
      totals = { ...totals, failed: totals.failed + 1 }
    }
    onProgress(totals)
    await sink.written(entry.number + 1, totals)
  }

  async function write({ content }: Entry, outcome: Outcome): Promise<ServiceError | undefined> {
    if ('error' in outcome) return outcome.error
    const { analyzed } = outcome
    const error = await sink.write(content as Document, analyzed)
    if (!error) totals = counted(totals, analyzed)
    return error
  }

  for await (const entry of entries) {
    const own = entry.content instanceof ServiceError ? 0 : entry.content.text.length
    while (
      pending.length > 0 &&
      (pending.length >= window.documents || characters + own > window.characters)
    ) {
      await writeFirst()
    }
    const outcome = recognize(entry.content, run)
    // Looked at when its turn comes.
    outcome.catch(() => {})
    pending.push({ entry, characters: own, outcome })
    characters += own
  }
  while (pending.length > 0) await writeFirst()
  return totals
}

async function recognize(
  content: Document | ServiceError,
  { recognizer, options, maxTextLength }: RunOptions
): Promise<Outcome> {
  if (content instanceof ServiceError) return { error: content }
  const { text } = content
  if (text.length > maxTextLength) {
    const detail = `It has ${text.length} UTF-16 code units; the limit is ${maxTextLength}.`
    return { error: new ServiceError('text_too_long', { detail, limit: maxTextLength }) }
  }
  const { outcomes } = await recognizer.recognize([{ text, options }])
  const [outcome] = outcomes
  if ('error' in outcome && states.has(outcome.error.code)) throw outcome.error
  return outcome
}

function counted(totals: Totals, { entities }: AnalyzedText): Totals {
  return {
    ...totals,
    documents: totals.documents + 1,
    entities: totals.entities + entities.length
  }
}
