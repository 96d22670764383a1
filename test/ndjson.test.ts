import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBlank, parseLine, readLines } from '../src/ndjson.ts'
import { repeatable } from './helpers/arbitrary-text.ts'

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

/** Number and content of each line; undefined for one that is too long. */
async function linesOf(text: string, size = 7, limit = 1000): Promise<[number, string | undefined][]> {
  const lines: [number, string | undefined][] = []
  for await (const { number, bytes } of readLines(inChunks(Buffer.from(text), size), limit)) {
    lines.push([number, bytes?.toString()])
  }
  return lines
}

describe('readLines', () => {
  test('gives the lines of any text, however it comes in pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\r', '\u2028') })),
        fc.integer({ min: 1, max: 9 }),
        async (lines, size) => {
          const whole = lines.join('\n')
          const expected = whole.split('\n').map((line, i): [number, string] => [i, line])
          if (expected.at(-1)?.[1] === '') expected.pop()
          expect(await linesOf(whole, size)).toEqual(expected)
        }
      ),
      { ...repeatable, numRuns: 300 }
    )
  })

  test('passes over a line that is longer than the limit, and counts it', async () => {
    const text = `12345\n123456\n${'x'.repeat(50)}\n\n12\n1234567`
    expect(await linesOf(text, 4, 5)).toEqual([
      [0, '12345'],
      [1, undefined],
      [2, undefined],
      [3, ''],
      [4, '12'],
      [5, undefined]
    ])
  })

  test('tells of a line that never ends as soon as it is too long', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) {
        given++
        yield Buffer.alloc(10, 'x')
      }
    }
    const lines = readLines(endless(), 95)
    expect((await lines.next()).value).toEqual({ number: 0, bytes: undefined })
    expect(given).toBe(10)
  })

  test('drops a byte order mark, at the beginning alone', async () => {
    expect(await linesOf('\ufeffa\n\ufeffb')).toEqual([
      [0, 'a'],
      [1, '\ufeffb']
    ])
  })
})

test.each([
  ['', true],
  [' \t\r', true],
  [' x ', false]
])('isBlank(%j) is %s', (text, expected) => {
  expect(isBlank(Buffer.from(text))).toBe(expected)
})

describe('parseLine', () => {
  test('gives the value', () => {
    expect(parseLine(Buffer.from('{"text":"é😀"}\r'))).toEqual({ text: 'é😀' })
  })

  test.each([
    ['invalid_json', Buffer.from('Jane Roe')],
    ['invalid_json', Buffer.from('{"text":"Jane","text":"Roe"}')],
    ['invalid_encoding', Buffer.from([0x22, 0xff, 0x22])]
  ])('says %s, and quotes nothing', (code, bytes) => {
    try {
      parseLine(bytes)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code })
      expect(JSON.stringify(error) + (error as Error).message).not.toContain('Jane')
    }
  })
})
