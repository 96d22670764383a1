import {
  type Analysis,
  type AnalyzedText,
  CONFIDENCE_STEPS,
  type FoundEntity,
  noWork,
  type Share,
  type TextRequest,
  wantedBy
} from './analysis.ts'
import { type Chunk, chunksOf } from './decoding/chunks.ts'
import { Lattice } from './decoding/lattice.ts'
import { MarginalDecoder } from './decoding/marginals.ts'
import { iob2, type TagScheme } from './decoding/tag-scheme.ts'
import { ViterbiDecoder } from './decoding/viterbi.ts'
import { FormNetwork } from './inference/form-network.ts'
import { GateCache, KEPT_GATES } from './inference/gate-cache.ts'
import { RowNetwork } from './inference/row-network.ts'
import type { Model } from './model/verified-model.ts'
import { FormTable, KEPT_FORMS } from './pipeline/forms.ts'
import { type EncodedText, fillBatch, packRows } from './pipeline/pack.ts'
import { makeRows, type Row } from './pipeline/rows.ts'
import { type Sentences, splitSentences } from './pipeline/sentences.ts'
import { type Tokens, tokenize } from './pipeline/tokens.ts'
import type { RecognitionOptions } from './schemas/options.ts'
import type { Span } from './span.ts'
import { Turns } from './turns.ts'

/** Padded cells of one run, twelve full rows: twice as many gain three percent, and take twice the memory. */
const CELLS_PER_RUN = 1152
/**
 * The same where another call may come, which has to wait for the run at hand: some milliseconds. The large call takes
 * half as long again, since fewer rows share a pass over the weights.
 */
const CELLS_PER_SHORT_RUN = 288
/** So long after calls overlapped others are expected to, in milliseconds. */
const EXPECTED_MS = 1000

interface Prepared extends EncodedText {
  readonly options: RecognitionOptions
  readonly offset: number
  readonly tokens: Tokens
  readonly sentences: Sentences
  readonly share: Share | undefined
  readonly found: FoundEntity[]
}

/**
 * Texts to entities: pipeline, network, CRF. What a text is answered does not depend on the other texts of the call.
 * Calls that overlap take turns, a run of the network each: see turns.ts.
 */
export class Engine {
  readonly #model: Model
  readonly #formNetwork: FormNetwork
  readonly #rowNetwork: RowNetwork
  readonly #scheme: TagScheme
  #table: FormTable
  readonly #gates: GateCache
  readonly #lattice: Lattice
  readonly #viterbi: ViterbiDecoder
  readonly #marginals: MarginalDecoder
  readonly #turns = new Turns()
  #path = new Uint8Array(1024)
  /** calls under way */
  #calls = 0
  /** when a call last began while another was under way */
  #overlapped = Number.NEGATIVE_INFINITY

  private constructor(model: Model, formNetwork: FormNetwork, rowNetwork: RowNetwork) {
    this.#model = model
    this.#formNetwork = formNetwork
    this.#rowNetwork = rowNetwork
    this.#scheme = iob2(model.manifest.labels.length)
    this.#table = new FormTable(model.words, model.characters)
    this.#gates = new GateCache(formNetwork, KEPT_GATES)
    this.#lattice = new Lattice(this.#scheme, model.crf)
    this.#viterbi = new ViterbiDecoder(this.#lattice)
    this.#marginals = new MarginalDecoder(this.#lattice)
  }

  static async open(model: Model): Promise<Engine> {
    const engine = new Engine(
      model,
      await FormNetwork.open(model.formNetworkPath),
      await RowNetwork.open(model.rowNetworkPath, model.tags.length)
    )
    await engine.#takeMemory()
    return engine
  }

  /** Runs the largest batch there is, so that the runtime has its memory from the beginning: growth would look like a leak. */
  async #takeMemory(): Promise<void> {
    const time = Math.max(1, this.#model.manifest.pipeline.rowTokens)
    const rows = Math.max(1, Math.floor(CELLS_PER_RUN / time))
    const cells = new Int32Array(rows * time).fill(this.#table.separator)
    const { gates, indices } = await this.#gates.of(this.#table, cells)
    await this.#rowNetwork.run(gates, { rows, time, forms: indices })
  }

  async analyze(texts: readonly TextRequest[]): Promise<Analysis> {
    if (this.#calls > 0) this.#overlapped = performance.now()
    // Calls that hold numbers of the former table keep it as long as they need it.
    if (this.#table.count > KEPT_FORMS) {
      this.#table = new FormTable(this.#model.words, this.#model.characters)
    }
    this.#calls++
    try {
      return await this.#analyze(texts, this.#table)
    } finally {
      this.#calls--
    }
  }

  async #analyze(texts: readonly TextRequest[], table: FormTable): Promise<Analysis> {
    const work = noWork()
    let mark = performance.now()
    const lap = (stage: 'pipeline' | 'inference' | 'decoding'): void => {
      const now = performance.now()
      work[stage] += now - mark
      mark = now
    }
    const prepared = texts.map(request => this.#prepare(request, table))
    const rows = prepared.flatMap((text, index) => this.#rowsOf(text, index))
    const isShort = performance.now() - this.#overlapped < EXPECTED_MS
    const packed = packRows(rows, isShort ? CELLS_PER_SHORT_RUN : CELLS_PER_RUN)
    work.cells = packed.reduce((sum, { rows, time }) => sum + rows.length * time, 0)
    lap('pipeline')
    let left = work.cells
    for (const group of packed) {
      await this.#turns.begin(left)
      mark = performance.now()
      try {
        const batch = fillBatch(group, prepared, table.separator)
        lap('pipeline')
        const { gates, indices } = await this.#gates.of(table, batch.forms)
        const { values, time } = await this.#rowNetwork.run(gates, { ...batch, forms: indices })
        lap('inference')
        for (let i = 0; i < group.rows.length; i++) {
          this.#decodeRow(group.rows[i], prepared[group.rows[i].text], values, i * time)
        }
        left -= batch.rows * time
        lap('decoding')
      } finally {
        this.#turns.end()
      }
    }
    mark = performance.now()
    for (const { text, first, last } of rows) {
      const { sentences, forms } = prepared[text]
      const [from, to] = [sentences.bounds[first], sentences.bounds[last]]
      work.sentences += last - first
      work.tokens += to - from
      work.unknown += table.countUnknown(forms.subarray(from, to))
    }
    const analyzed = prepared.map(toAnalyzedText)
    lap('decoding')
    return { texts: analyzed, work }
  }

  #rowsOf({ sentences, share }: Prepared, text: number): Row[] {
    const rows = makeRows(text, sentences, this.#model.manifest.pipeline.rowTokens)
    return share ? rows.filter((_row, i) => i % share.of === share.index) : rows
  }

  async close(): Promise<void> {
    await this.#formNetwork.close()
    await this.#rowNetwork.close()
  }

  #prepare({ text, options = {}, offset = 0, share }: TextRequest, table: FormTable): Prepared {
    const tokens = tokenize(text)
    return {
      options,
      offset,
      tokens,
      sentences: splitSentences(text, tokens),
      forms: table.encode(text, tokens),
      share,
      found: []
    }
  }

  /** Decodes the sentences of a row whose first token stands at `cell` of the emissions. */
  #decodeRow(row: Row, text: Prepared, emissions: Float32Array, cell: number): void {
    const { sentences, found } = text
    const { tags } = this.#scheme
    for (let sentence = row.first; sentence < row.last; sentence++) {
      const start = sentences.bounds[sentence]
      const length = sentences.bounds[sentence + 1] - start
      if (this.#path.length < length) this.#path = new Uint8Array(length * 2)
      this.#lattice.read(emissions, cell * tags, length)
      this.#viterbi.decode(this.#path, 0)
      const chunks = chunksOf(this.#scheme, this.#path, 0, length)
      const [first, last] = [chunks[0], chunks.at(-1)]
      if (first && last) this.#marginals.run(first.last - 1, last.last)
      for (const chunk of chunks) found.push(this.#toEntity(chunk, text, start))
      cell += length + 1
    }
  }

  /** @param start the first token of the sentence of the chunk */
  #toEntity({ first, last, label }: Chunk, { tokens, offset }: Prepared, start: number): FoundEntity {
    const confidence = this.#marginals.entity(first, last, label)
    return {
      start: offset + tokens.starts[start + first],
      end: offset + tokens.ends[start + last - 1],
      label: this.#model.manifest.labels[label],
      confidence: Math.round(confidence * CONFIDENCE_STEPS) / CONFIDENCE_STEPS
    }
  }
}

/** What is said of a text besides its entities is said with the first share of it. */
function toAnalyzedText({ tokens, sentences, share, found, options, offset }: Prepared): AnalyzedText {
  const span = (first: number, last: number): Span => ({
    start: offset + tokens.starts[first],
    end: offset + tokens.ends[last - 1]
  })
  const sentence = (i: number): Span => span(sentences.bounds[i], sentences.bounds[i + 1])
  const { include = [] } = options
  const isFirst = share === undefined || share.index === 0
  return {
    entities: found
      .filter(wantedBy(options))
      // Rows of a text are decoded in the order of their lengths.
      .sort((a, b) => a.start - b.start),
    ...(include.includes('sentences') && {
      sentences: Array.from({ length: isFirst ? sentences.count : 0 }, (_, i) => sentence(i))
    }),
    ...(include.includes('tokens') && {
      tokens: Array.from({ length: isFirst ? tokens.count : 0 }, (_, i) => span(i, i + 1))
    }),
    cutSentences: isFirst ? sentences.cut.map(sentence) : []
  }
}
