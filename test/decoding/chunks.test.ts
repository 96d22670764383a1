import { describe, expect, test } from 'vitest'
import { chunksOf } from '../../src/decoding/chunks.ts'
import { iob2 } from '../../src/decoding/tag-scheme.ts'
import { tagNames } from '../helpers/crf-enumeration.ts'

const labels = 3
const names = tagNames(labels)
const tagsOf = (tags: string): Uint8Array =>
  Uint8Array.from(tags.split(' ').filter(Boolean), tag => names.indexOf(tag))

describe('the chunks of a tag sequence', () => {
  test.each([
    ['', []],
    ['O O O', []],
    ['B-0', ['0-1 0']],
    ['O B-1 O', ['1-2 1']],
    ['B-2 I-2 I-2', ['0-3 2']],
    ['O B-0 I-0', ['1-3 0']],
    ['B-0 B-0', ['0-1 0', '1-2 0']],
    ['B-0 I-0 B-0 I-0', ['0-2 0', '2-4 0']],
    ['B-0 I-0 B-1 I-1 O B-2', ['0-2 0', '2-4 1', '5-6 2']],
    ['B-1 O B-1', ['0-1 1', '2-3 1']]
  ])('%j are %j', (tags, expected) => {
    const path = tagsOf(tags)
    const chunks = chunksOf(iob2(labels), path, 0, path.length)
    expect(chunks.map(({ first, last, label }) => `${first}-${last} ${label}`)).toEqual(expected)
  })

  test('count their tokens from the start of the range, and end with it', () => {
    const path = tagsOf('B-0 I-0 O B-1 I-1 I-1 I-1 B-2')
    expect(chunksOf(iob2(labels), path, 2, 6)).toEqual([{ first: 1, last: 4, label: 1 }])
  })

  test('of an empty range are none', () => {
    expect(chunksOf(iob2(labels), tagsOf('B-0 B-1'), 1, 1)).toEqual([])
  })
})
