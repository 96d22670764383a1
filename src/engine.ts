import {
  type Analysis,
  type AnalyzedText,
  CONFIDENCE_STEPS,
  type FoundEntity,
  noWork,
  type TextRequest,
  wantedBy
} from './analysis.ts'
import { type Chunk, chunksOf } from './decoding/chunks.ts'
import { Lattice } from './decoding/lattice.ts'
import { MarginalDecoder } from './decoding/marginals.ts'
import { iob2, type TagScheme } from './decoding/tag-scheme.ts'
import { ViterbiDecoder } from './decoding/viterbi.ts'
import { FeatureTable } from './inference/feature-table.ts'
import { FormNetwork } from './inference/form-network.ts'
import { RowNetwork } from './inference/row-network.ts'
import type { Model } from './model/verified-model.ts'
import { FormTable } from './pipeline/forms.ts'
import { type EncodedText, fillBatch, packRows } from './pipeline/pack.ts'
import { makeRows, type Row } from './pipeline/rows.ts'
import { type Sentences, splitSentences } from './pipeline/sentences.ts'
import { type Tokens, tokenize } from './pipeline/tokens.ts'
import type { RecognitionOptions } from './schemas/options.ts'
import type { Span } from './span.ts'

/** Padded cells of one run, six full rows: more gains nothing, and a call that overlaps waits for the run at hand. */
const CELLS_PER_RUN = 576

interface Prepared extends EncodedText {
  readonly options: RecognitionOptions
  readonly offset: number
  readonly tokens: Tokens
  readonly sentences: Sentences
  readonly found: FoundEntity[]
}

/**
 * Texts to entities: pipeline, network, CRF. What a text is answered does not depend on the other texts of the call.
 * Calls that overlap go on in turns, run by run of the network.
 */
export class Engine {
  readonly #model: Model
  readonly #formNetwork: FormNetwork
  readonly #rowNetwork: RowNetwork
  readonly #scheme: TagScheme
  readonly #table: FormTable
  readonly #features: FeatureTable
  readonly #lattice: Lattice
  readonly #viterbi: ViterbiDecoder
  readonly #marginals: MarginalDecoder
  #path = new Uint8Array(1024)
  /** calls under way, whose form numbers must stay valid */
  #calls = 0

  private constructor(model: Model, formNetwork: FormNetwork, rowNetwork: RowNetwork) {
    this.#model = model
    this.#formNetwork = formNetwork
    this.#rowNetwork = rowNetwork
    this.#scheme = iob2(model.manifest.labels.length)
    this.#table = new FormTable(model.words, model.characters)
    this.#features = new FeatureTable(formNetwork)
    this.#lattice = new Lattice(this.#scheme, model.crf)
    this.#viterbi = new ViterbiDecoder(this.#lattice)
    this.#marginals = new MarginalDecoder(this.#lattice)
  }

  static async open(model: Model): Promise<Engine> {
    return new Engine(
      model,
      await FormNetwork.open(model.formNetworkPath),
      await RowNetwork.open(model.rowNetworkPath, model.tags.length)
    )
  }

  async analyze(texts: readonly TextRequest[]): Promise<Analysis> {
    if (this.#calls === 0 && this.#table.renew()) this.#features.clear()
    this.#calls++
    try {
      return await this.#analyze(texts)
    } finally {
      this.#calls--
    }
  }

  async #analyze(texts: readonly TextRequest[]): Promise<Analysis> {
    const work = noWork()
    let mark = performance.now()
    const lap = (stage: 'pipeline' | 'inference' | 'decoding'): void => {
      const now = performance.now()
      work[stage] += now - mark
      mark = now
    }
    const prepared = texts.map(request => this.#prepare(request))
    const limit = this.#model.manifest.pipeline.rowTokens
    const packed = packRows(
      prepared.flatMap(({ sentences }, index) => makeRows(index, sentences, limit)),
      CELLS_PER_RUN
    )
    for (const group of packed) {
      const batch = fillBatch(group, prepared, this.#table.separator)
      lap('pipeline')
      const { values, time } = await this.#rowNetwork.run(await this.#features.of(this.#table), batch)
      lap('inference')
      for (let i = 0; i < group.rows.length; i++) {
        this.#decodeRow(group.rows[i], prepared[group.rows[i].text], values, i * time)
      }
      work.cells += batch.rows * time
      lap('decoding')
    }
    const analyzed = prepared.map(toAnalyzedText)
    for (const { sentences, tokens, forms } of prepared) {
      work.sentences += sentences.count
      work.tokens += tokens.count
      work.unknown += this.#table.countUnknown(forms)
    }
    lap('decoding')
    return { texts: analyzed, work }
  }

  async close(): Promise<void> {
    await this.#formNetwork.close()
    await this.#rowNetwork.close()
  }

  #prepare({ text, options = {}, offset = 0 }: TextRequest): Prepared {
    const tokens = tokenize(text)
    return {
      options,
      offset,
      tokens,
      sentences: splitSentences(text, tokens),
      forms: this.#table.encode(text, tokens),
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

function toAnalyzedText({ tokens, sentences, found, options, offset }: Prepared): AnalyzedText {
  const span = (first: number, last: number): Span => ({
    start: offset + tokens.starts[first],
    end: offset + tokens.ends[last - 1]
  })
  const sentence = (i: number): Span => span(sentences.bounds[i], sentences.bounds[i + 1])
  const { include = [] } = options
  return {
    entities: found
      .filter(wantedBy(options))
      // Rows of a text are decoded in the order of their lengths.
      .sort((a, b) => a.start - b.start),
    ...(include.includes('sentences') && {
      sentences: Array.from({ length: sentences.count }, (_, i) => sentence(i))
    }),
    ...(include.includes('tokens') && {
      tokens: Array.from({ length: tokens.count }, (_, i) => span(i, i + 1))
    }),
    cutSentences: sentences.cut.map(sentence)
  }
}
