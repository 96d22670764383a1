import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonPieces, writeJson } from '../src/json-pieces.ts'

const entity = {
  start: 12,
  end: 19,
  text: 'Aspirin \u2028"\ud83d\ude00',
  label: 'Drug_Name',
  confidence: 0.987654
}

describe('JSON in pieces', () => {
  test('is what JSON.stringify writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async value => {
        const object = { value, list: [value, [value], { inner: [value] }] }
        expect([...jsonPieces(object)].join('')).toBe(JSON.stringify(object))
        expect((await writeJson(object)).toString('utf8')).toBe(JSON.stringify(object))
      })
    )
  })

  test.each([0, 1, 99, 100, 101, 1000, 1234])('holds each of %i members once', length => {
    const list = Array.from({ length }, (_, i) => ({ ...entity, start: i }))
    expect([...jsonPieces({ list, after: 1 })].join('')).toBe(JSON.stringify({ list, after: 1 }))
  })

  test('leaves out what is undefined', () => {
    const value = { a: undefined, b: [{ c: undefined, d: [1] }], e: undefined }
    expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value))
  })

  test('has no long piece, also of many documents with a list each', () => {
    const entities = Array.from({ length: 3000 }, () => entity)
    const documents = Array.from({ length: 5 }, (_, i) => ({ id: String(i), entities }))
    const lengths = Array.from(jsonPieces({ documents, entities }), piece => piece.length)
    expect(Math.max(...lengths)).toBeLessThan(600 * JSON.stringify(entity).length)
  })

  test('is written in turns with what else there is to do', async () => {
    let turns = 0
    let written = false
    const count = (): void => {
      turns++
      if (!written) setImmediate(count)
    }
    setImmediate(count)
    const entities = Array.from({ length: 30_000 }, () => entity)
    const { length } = await writeJson({ entities })
    written = true
    expect(turns).toBeGreaterThanOrEqual(Math.floor(length / 150_000))
  })
})
