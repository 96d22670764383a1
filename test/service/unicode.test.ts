import { expect, test } from 'vitest'
import type { Entity } from '../../src/schemas/entity.ts'
import { startService } from '../helpers/service.ts'

const sentence = 'Ms. Okafor denies chest pain. She takes aspirin 81 mg daily.'

/** What is put before, between and after words of a note whose entities are known. */
const hard: readonly (readonly [string, string])[] = [
  ['an astral character', '😀'],
  ['a family of joined characters', '👨‍👩‍👧'],
  ['half of a pair, the first', '\ud83d'],
  ['half of a pair, the second', '\ude00'],
  ['NUL', '\0'],
  ['a byte order mark', '\ufeff'],
  ['combining marks', 'e\u0301\u0323'],
  ['right to left', 'כאב בחזה'],
  ['a direction override', '\u202eabc\u202c'],
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['a line end of Windows', '\r\n'],
  ['a carriage return', '\r'],
  ['no-break and zero-width spaces', '\u00a0\u200b'],
  ['a private character', '\ue000'],
  ['the last character there is', '\u{10ffff}'],
  ['what looks like an escape', '\\u0041\\n"'],
  ['markup', '<b>&amp;</b>']
]

test('offsets are those of the text as it was sent, whatever is in it', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  const entitiesOf = async (text: string): Promise<Entity[]> => {
    const response = await service.ner(text)
    expect(response.status).toBe(200)
    const { entities } = (await response.json()) as { entities: Entity[] }
    for (const { start, end, text: span } of entities) expect(text.slice(start, end)).toBe(span)
    return entities
  }
  for (const [name, piece] of hard) {
    const text = `${piece}\n${sentence}\n\n${piece}\n\n${sentence}\n${piece}`
    const found = (await entitiesOf(text)).map(({ text: span }) => span)
    expect([name, found.filter(span => span === 'aspirin').length]).toEqual([name, 2])
    await entitiesOf(piece)
    await entitiesOf(sentence.replaceAll(' ', ` ${piece} `))
  }
  // One word of a megabyte has no end of a sentence and no space.
  await entitiesOf('x'.repeat(1_000_000))
  await entitiesOf('😀'.repeat(5000))
})

const invalid: readonly (readonly [string, readonly number[]])[] = [
  ['a byte that begins nothing', [0xff]],
  ['the end of a sequence alone', [0x80]],
  ['a sequence that is cut', [0xe2, 0x82]],
  ['a longer form than is needed', [0xc0, 0xaf]],
  ['half of a pair', [0xed, 0xa0, 0x80]],
  ['a character beyond the last', [0xf4, 0x90, 0x80, 0x80]]
]

test('bytes that are not UTF-8 are refused, since reading them as something else would move the offsets', async () => {
  const service = await startService({ NER_WORKERS: '1' })
  for (const [name, bytes] of invalid) {
    const response = await fetch(`${service.url}/ner`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.concat([Buffer.from('{"text":"caf'), Buffer.from(bytes), Buffer.from('"}')])
    })
    expect([name, response.status]).toEqual([name, 400])
    expect(await response.json()).toMatchObject({ code: 'invalid_encoding' })
  }
})
