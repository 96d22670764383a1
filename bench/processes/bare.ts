import { chunksOf } from '../../src/decoding/chunks.ts'
import { Lattice } from '../../src/decoding/lattice.ts'
import { iob2 } from '../../src/decoding/tag-scheme.ts'
import { ViterbiDecoder } from '../../src/decoding/viterbi.ts'
import { FormNetwork } from '../../src/inference/form-network.ts'
import { RowNetwork } from '../../src/inference/row-network.ts'
import { loadModel } from '../../src/model/load-model.ts'
import type { Model } from '../../src/model/verified-model.ts'
import { FormTable } from '../../src/pipeline/forms.ts'
import { fillBatch, type PackedRows, packRows } from '../../src/pipeline/pack.ts'
import { makeRows } from '../../src/pipeline/rows.ts'
import { type Sentences, splitSentences } from '../../src/pipeline/sentences.ts'
import { type Tokens, tokenize } from '../../src/pipeline/tokens.ts'
import type { Entity } from '../../src/schemas/entity.ts'
import { type Emissions, PADDING, type PackedBatch } from '../../src/tensors.ts'
import { offer } from './remote.ts'

/**
 * Bare sessions in a loop over batches that were made beforehand: what the service would do if it cost nothing, and kept
 * nothing. Each batch goes through the whole network, with each of its forms once; of what the service keeps of forms
 * between batches a session knows nothing.
 */

interface Loop {
  readonly model: Model
  readonly table: FormTable
  readonly formNetwork: FormNetwork
  readonly rowNetwork: RowNetwork
  readonly texts: readonly EncodedText[]
  readonly batches: readonly Batch[]
  /** of all batches */
  readonly tokens: number
}

interface EncodedText {
  readonly tokens: Tokens
  readonly sentences: Sentences
  readonly forms: Int32Array
}

interface Batch {
  readonly group: PackedRows
  /** distinct forms of the batch, padding first */
  readonly forms: readonly number[]
  /** whose forms are indices of these */
  readonly packed: PackedBatch
}

/** Padded cells of a run that are tried; the fastest is kept. */
const BUDGETS = [576, 1152, 2304, 4608]
const TRIAL_SECONDS = 0.5

let loop: Loop | undefined

function opened(): Loop {
  if (!loop) throw new Error('The loop has no session yet. This is a bug.')
  return loop
}

const functions = {
  /** Loads the model and packs the rows of all texts together under the best budget; returns that. */
  async open(modelFolder: string, texts: readonly string[]): Promise<number> {
    const model = await loadModel(modelFolder)
    const formNetwork = await FormNetwork.open(model.formNetworkPath)
    const rowNetwork = await RowNetwork.open(model.rowNetworkPath, model.tags.length)
    const table = new FormTable(model.words, model.characters)
    const encoded = texts.map((text): EncodedText => {
      const tokens = tokenize(text)
      return { tokens, sentences: splitSentences(text, tokens), forms: table.encode(text, tokens) }
    })
    const limit = model.manifest.pipeline.rowTokens
    const rows = encoded.flatMap(({ sentences }, index) => makeRows(index, sentences, limit))
    const tokens = encoded.reduce((sum, { tokens: { count } }) => sum + count, 0)
    const trials: { budget: number; loop: Loop; rate: number }[] = []
    for (const budget of BUDGETS) {
      const batches = packRows(rows, budget).map(group => ({
        group,
        ...withOwnForms(fillBatch(group, encoded, table.separator))
      }))
      const trial = { model, table, formNetwork, rowNetwork, texts: encoded, batches, tokens }
      await turn(trial)
      trials.push({ budget, loop: trial, rate: await rateOf(trial, TRIAL_SECONDS) })
    }
    const best = trials.reduce((a, b) => (b.rate > a.rate ? b : a))
    loop = best.loop
    return best.budget
  },

  /** Spans and labels of each text, decoded from what the batches of the loop yield: proof that it does the work. */
  async recognize(): Promise<Omit<Entity, 'text' | 'confidence'>[][]> {
    const { model, texts, batches } = opened()
    const scheme = iob2(model.manifest.labels.length)
    const lattice = new Lattice(scheme, model.crf)
    const viterbi = new ViterbiDecoder(lattice)
    const found = texts.map((): Omit<Entity, 'text' | 'confidence'>[] => [])
    for (const batch of batches) {
      const { values, time } = await emissionsOf(opened(), batch)
      for (const [i, { text, first, last }] of batch.group.rows.entries()) {
        const { tokens, sentences } = texts[text]
        let cell = i * time
        for (let sentence = first; sentence < last; sentence++) {
          const start = sentences.bounds[sentence]
          const length = sentences.bounds[sentence + 1] - start
          const path = new Uint8Array(length)
          lattice.read(values, cell * scheme.tags, length)
          viterbi.decode(path, 0)
          for (const chunk of chunksOf(scheme, path, 0, length)) {
            found[text].push({
              start: tokens.starts[start + chunk.first],
              end: tokens.ends[start + chunk.last - 1],
              label: model.manifest.labels[chunk.label]
            })
          }
          cell += length + 1
        }
      }
    }
    for (const entities of found) entities.sort((a, b) => a.start - b.start)
    return found
  },

  /** Tokens a second over whole turns of the loop, of at least `seconds`. */
  run: (seconds: number) => rateOf(opened(), seconds)
}

async function rateOf(of: Loop, seconds: number): Promise<number> {
  let tokens = 0
  const start = performance.now()
  do {
    await turn(of)
    tokens += of.tokens
  } while (performance.now() - start < seconds * 1000)
  return tokens / ((performance.now() - start) / 1000)
}

async function turn(of: Loop): Promise<void> {
  for (const batch of of.batches) await emissionsOf(of, batch)
}

async function emissionsOf(
  { table, formNetwork, rowNetwork }: Loop,
  { forms, packed }: Pick<Batch, 'forms' | 'packed'>
): Promise<Emissions> {
  const gates = await formNetwork.run(table, forms)
  // Those of padding.
  gates.values.fill(0, 0, gates.width)
  return await rowNetwork.run(gates, packed)
}

/** A batch whose forms are numbered anew, padding first, then in the order in which they first occur. */
function withOwnForms(batch: PackedBatch): Pick<Batch, 'forms' | 'packed'> {
  const forms = [...new Set([PADDING, ...batch.forms])]
  const numbers = new Map(forms.map((form, number) => [form, number]))
  return { forms, packed: { ...batch, forms: batch.forms.map(form => numbers.get(form) as number) } }
}

export type Bare = typeof functions

offer(functions)
