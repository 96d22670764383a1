import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Engine } from '../src/engine.ts'
import { FormNetwork } from '../src/inference/form-network.ts'
import { GateCache } from '../src/inference/gate-cache.ts'
import { RowNetwork } from '../src/inference/row-network.ts'
import { loadModel } from '../src/model/load-model.ts'
import type { Model } from '../src/model/verified-model.ts'
import { FormTable } from '../src/pipeline/forms.ts'
import { fillBatch } from '../src/pipeline/pack.ts'
import { makeRows } from '../src/pipeline/rows.ts'
import { splitSentences } from '../src/pipeline/sentences.ts'
import { tokenize } from '../src/pipeline/tokens.ts'
import { modelFolder } from './helpers/model-folder.ts'
import { notes } from './helpers/notes.ts'

/** Written by training (ner.parity) from the same model in PyTorch. */
interface Expected {
  notes: {
    id: string
    rows: { wordIds: number[]; characterIds: number[][]; emissions: number[][] }[]
    tags: string[]
    entities: { start: number; end: number; label: string; confidence: number }[]
  }[]
}

const expected: Expected = JSON.parse(
  readFileSync(new URL('./fixtures/parity/expected.json', import.meta.url), 'utf8')
)

/** PyTorch and ONNX Runtime sum in different orders. */
const EMISSION_TOLERANCE = 2e-4

let model: Model
let engine: Engine
let formNetwork: FormNetwork
let rowNetwork: RowNetwork

beforeAll(async () => {
  model = await loadModel(modelFolder)
  engine = await Engine.open(model)
  formNetwork = await FormNetwork.open(model.formNetworkPath)
  rowNetwork = await RowNetwork.open(model.rowNetworkPath, model.tags.length)
})
afterAll(async () => {
  await engine.close()
  await formNetwork.close()
  await rowNetwork.close()
})

describe.each(expected.notes)('$id, as in training', ({ id, rows, tags, entities }) => {
  const text = notes.find(note => note.id === id)?.text ?? ''

  function packed() {
    const table = new FormTable(model.words, model.characters)
    const tokens = tokenize(text)
    const sentences = splitSentences(text, tokens)
    const forms = table.encode(text, tokens)
    const made = makeRows(0, sentences, model.manifest.pipeline.rowTokens)
    const batches = made.map(row =>
      fillBatch({ rows: [row], time: row.length }, [{ sentences, forms }], table.separator)
    )
    return { table, batches }
  }

  test('rows have the same word and character ids', () => {
    const { table, batches } = packed()
    expect(batches.length).toBe(rows.length)
    batches.forEach((batch, i) => {
      const { charactersPerForm: characters } = table
      expect(Array.from(batch.forms, form => table.wordIds[form])).toEqual(rows[i].wordIds)
      expect(
        Array.from(batch.forms, form =>
          Array.from(table.characterIds.subarray(form * characters, (form + 1) * characters))
        )
      ).toEqual(rows[i].characterIds)
    })
  })

  test('emissions are equal within tolerance', async () => {
    const { table, batches } = packed()
    const cache = new GateCache(formNetwork, 1000)
    for (const [i, batch] of batches.entries()) {
      const { gates, indices } = await cache.of(table, batch.forms)
      const { values } = await rowNetwork.run(gates, { ...batch, forms: indices })
      const trained = rows[i].emissions.flat()
      expect(values.length).toBe(trained.length)
      expect(Math.max(...trained.map((value, at) => Math.abs(value - values[at])))).toBeLessThan(
        EMISSION_TOLERANCE
      )
    }
  })

  test('tags are equal', async () => {
    const { texts } = await engine.analyze([{ text, options: { include: ['tokens'] } }])
    const { tokens = [], entities: found } = texts[0]
    const mine = tokens.map(({ start, end }) => {
      const entity = found.find(one => one.start <= start && end <= one.end)
      return entity ? `${entity.start === start ? 'B' : 'I'}-${entity.label}` : 'O'
    })
    expect(mine).toEqual(tags)
  })

  test('entities are equal, and their confidences are the ratios of partition functions', async () => {
    const { texts } = await engine.analyze([{ text }])
    const found = texts[0].entities
    expect(found.map(({ start, end, label }) => ({ start, end, label }))).toEqual(
      entities.map(({ start, end, label }) => ({ start, end, label }))
    )
    found.forEach(({ confidence }, i) => {
      expect(Math.abs(confidence - entities[i].confidence)).toBeLessThan(1e-4)
    })
  })
})
