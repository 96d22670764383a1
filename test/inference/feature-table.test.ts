import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FeatureTable } from '../../src/inference/feature-table.ts'
import { FormNetwork } from '../../src/inference/form-network.ts'
import { loadModel } from '../../src/model/load-model.ts'
import type { Model } from '../../src/model/verified-model.ts'
import { FormTable } from '../../src/pipeline/forms.ts'
import { tokenize } from '../../src/pipeline/tokens.ts'
import type { Features } from '../../src/tensors.ts'
import { modelFolder } from '../helpers/model-folder.ts'

let model: Model
let network: FormNetwork

beforeAll(async () => {
  model = await loadModel(modelFolder)
  network = await FormNetwork.open(model.formNetworkPath)
})
afterAll(() => network.close())

function add(ids: FormTable, text: string): void {
  ids.encode(text, tokenize(text))
}

/** `count` tokens, no two alike. */
function distinct(count: number): string {
  return Array.from({ length: count }, (_, i) => `a${i.toString(36)}`).join(' ')
}

/** Checks that there is a row for each form, the same bits as when it is computed alone. */
async function expectExact(ids: FormTable, { values, count, width }: Features): Promise<void> {
  expect(count).toBe(ids.count)
  expect(values.length).toBe(count * width)
  for (let form = 0; form < count; form += form < 10 ? 1 : 37) {
    const alone = await network.run(ids, form, form + 1)
    expect(values.subarray(form * width, (form + 1) * width)).toEqual(alone.values)
  }
}

describe('the feature table', () => {
  test('has the features of each form, over several runs of the network and after it has grown', async () => {
    const ids = new FormTable(model.words, model.characters)
    const table = new FeatureTable(network, 100)
    add(ids, 'Aspirin 81 mg')
    await expectExact(ids, await table.of(ids))
    add(ids, distinct(3000))
    await expectExact(ids, await table.of(ids))
    await expectExact(ids, await table.of(ids))
  })

  test('computes a form once', async () => {
    const ids = new FormTable(model.words, model.characters)
    const runs: [number, number][] = []
    const counting = {
      run: (of: FormTable, first: number, last: number) => {
        runs.push([first, last])
        return network.run(of, first, last)
      }
    }
    const table = new FeatureTable(counting as unknown as FormNetwork, 100)
    add(ids, 'chest pain')
    await table.of(ids)
    add(ids, 'chest pain, severe')
    await table.of(ids)
    await table.of(ids)
    expect(runs).toEqual([
      [0, 3],
      [3, 5]
    ])
  })

  test('has the features of the new form of a number once it was cleared', async () => {
    const ids = new FormTable(model.words, model.characters)
    const table = new FeatureTable(network, 100)
    add(ids, distinct(17_000))
    await table.of(ids)
    expect(ids.renew()).toBe(true)
    table.clear()
    add(ids, 'chest pain')
    await expectExact(ids, await table.of(ids))
  })

  test('is right for calls that overlap', async () => {
    const ids = new FormTable(model.words, model.characters)
    const table = new FeatureTable(network, 100)
    add(ids, distinct(700))
    const one = table.of(ids)
    add(ids, 'chest pain')
    const other = table.of(ids)
    await expectExact(ids, await one)
    await expectExact(ids, await other)
  })
})
