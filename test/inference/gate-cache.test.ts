import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FormNetwork } from '../../src/inference/form-network.ts'
import { GateCache } from '../../src/inference/gate-cache.ts'
import { loadModel } from '../../src/model/load-model.ts'
import type { Model } from '../../src/model/verified-model.ts'
import { FormTable } from '../../src/pipeline/forms.ts'
import { tokenize } from '../../src/pipeline/tokens.ts'
import { modelFolder } from '../helpers/model-folder.ts'

let model: Model
let network: FormNetwork

beforeAll(async () => {
  model = await loadModel(modelFolder)
  network = await FormNetwork.open(model.formNetworkPath)
})
afterAll(() => network.close())

const newTable = (): FormTable => new FormTable(model.words, model.characters)

const formsOf = (ids: FormTable, text: string): Int32Array => ids.encode(text, tokenize(text))

/** `count` tokens, no two alike. */
function distinct(count: number, prefix = 'a'): string {
  return Array.from({ length: count }, (_, i) => `${prefix}${i.toString(36)}`).join(' ')
}

/** Checks that each form has its gates, the same bits as when they are computed alone, and padding zeros. */
async function expectExact(cache: GateCache, ids: FormTable, forms: Int32Array): Promise<void> {
  const { gates, indices } = await cache.of(ids, forms)
  const { values, count, width } = gates
  expect(values.length).toBe(count * width)
  expect(values.subarray(0, width).every(value => value === 0)).toBe(true)
  expect(indices.length).toBe(forms.length)
  for (let i = 0; i < forms.length; i += i < 10 ? 1 : 37) {
    if (forms[i] === 0) expect(indices[i]).toBe(0)
    else {
      const alone = await network.run(ids, [forms[i]])
      expect(values.subarray(indices[i] * width, (indices[i] + 1) * width)).toEqual(alone.values)
    }
  }
}

/** A cache, and the forms that it has computed. */
function watched(slots: number) {
  const computed: number[] = []
  const watching = {
    run: (ids: FormTable, forms: readonly number[]) => {
      computed.push(...forms)
      return network.run(ids, forms)
    }
  }
  return { cache: new GateCache(watching as unknown as FormNetwork, slots), computed }
}

describe('the gate cache', () => {
  test('has the gates of each form, over several runs of the network, and zeros for padding', async () => {
    const ids = newTable()
    const cache = new GateCache(network, 1000)
    await expectExact(cache, ids, Int32Array.of(0, ...formsOf(ids, 'Aspirin 81 mg'), 0))
    const many = formsOf(ids, distinct(700))
    await expectExact(cache, ids, many)
    await expectExact(cache, ids, many)
    await expectExact(cache, ids, formsOf(ids, 'Aspirin 81 mg'))
  })

  test('computes a form once', async () => {
    const ids = newTable()
    const { cache, computed } = watched(100)
    const one = formsOf(ids, 'pain chest pain')
    const other = formsOf(ids, 'chest pain, severe')
    await cache.of(ids, one)
    await cache.of(ids, other)
    await cache.of(ids, other)
    expect(computed).toEqual([one[0], one[1], other[2], other[3]])
  })

  test('is right where forms have to go, and where a call takes every slot', async () => {
    const ids = newTable()
    const cache = new GateCache(network, 101)
    for (const prefix of ['a', 'b', 'a', 'c'])
      await expectExact(cache, ids, formsOf(ids, distinct(60, prefix)))
    for (const prefix of ['a', 'd']) await expectExact(cache, ids, formsOf(ids, distinct(100, prefix)))
  })

  test('keeps forms that come again where others come once', async () => {
    const ids = newTable()
    const { cache, computed } = watched(31)
    const often = formsOf(ids, distinct(10))
    for (let i = 0; i < 20; i++) {
      await cache.of(ids, often)
      await cache.of(ids, formsOf(ids, distinct(10, `once${i}x`)))
    }
    expect(computed.filter(form => often.includes(form))).toEqual([...often])
  })

  test('refuses a call with more forms than it has slots', async () => {
    const ids = newTable()
    await expect(new GateCache(network, 100).of(ids, formsOf(ids, distinct(100)))).rejects.toThrow('bug')
  })

  test('tells the forms of two tables apart, in turns', async () => {
    const cache = new GateCache(network, 1000)
    const [one, other] = [newTable(), newTable()]
    const some = formsOf(one, distinct(900))
    const others = formsOf(other, 'chest pain')
    for (let i = 0; i < 2; i++) {
      await expectExact(cache, one, some)
      await expectExact(cache, other, others)
    }
  })

  test.each([1, 2])(
    'has nothing of forms whose computation failed, in run %i of the network',
    async failing => {
      const ids = newTable()
      let runs = 0
      const faulty = {
        run: (of: FormTable, forms: readonly number[]) => {
          if (++runs === failing) throw new Error('no memory')
          return network.run(of, forms)
        }
      }
      const cache = new GateCache(faulty as unknown as FormNetwork, 1000)
      const forms = formsOf(ids, distinct(500))
      await expect(cache.of(ids, forms)).rejects.toThrow('no memory')
      await expectExact(cache, ids, forms)
    }
  )
})
