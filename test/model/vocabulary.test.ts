import { describe, expect, test } from 'vitest'
import {
  CharacterVocabulary,
  PADDING,
  parseEntries,
  UNKNOWN,
  WordVocabulary
} from '../../src/model/vocabulary.ts'

describe('the entries of a vocabulary file', () => {
  test('are its lines in order', () => {
    expect(parseEntries('<pad>\n<unk>\n<s>\n.\n', 'words.txt')).toEqual(['<pad>', '<unk>', '<s>', '.'])
  })

  test.each([
    ['does not end with a newline', '<pad>\n<unk>\nfever', 'words.txt does not end with a newline'],
    ['is empty', '', 'words.txt does not start with <pad> and <unk>'],
    ['does not start with padding', '<unk>\n<pad>\n', 'words.txt does not start with <pad> and <unk>'],
    ['lacks unknown', '<pad>\nfever\n', 'words.txt does not start with <pad> and <unk>'],
    ['has an entry twice', '<pad>\n<unk>\nfever\nfever\n', 'words.txt has an entry twice']
  ])('are refused when the file %s', (_what, file, message) => {
    expect(() => parseEntries(file, 'words.txt')).toThrow(message)
  })
})

describe('word ids', () => {
  const vocabulary = new WordVocabulary([
    '<pad>',
    '<unk>',
    '<s>',
    'fever',
    '98.6',
    '00.0',
    '000/00',
    'q.0h.',
    'ß',
    'straße',
    'i\u0307'
  ])

  test.each([
    ['a known word', 'fever', 3],
    ['a word in capitals', 'FEVER', 3],
    ['a number that is known as itself', '98.6', 4],
    ['a number by its shape', '37.2', 5],
    ['a blood pressure by its shape', '127/72', 6],
    ['an abbreviation by its shape, whatever the case', 'Q.6H.', 7],
    ['a word outside ASCII', 'STRAßE', 9],
    ['a letter that grows when it is lower-cased', '\u0130', 10],
    ['an unknown word', 'xanthoma', UNKNOWN],
    ['an unknown shape', '1.25', UNKNOWN],
    ['digits that are not ASCII, which have no shape', '٩٨.٦', UNKNOWN],
    ['a name that objects have', 'constructor', UNKNOWN],
    ['an empty token', '', UNKNOWN]
  ])('of %s', (_what, token, id) => {
    expect(vocabulary.id(token)).toBe(id)
  })

  test('know the separator', () => {
    expect(vocabulary.separator).toBe(2)
  })

  test('need a separator', () => {
    expect(() => new WordVocabulary(['<pad>', '<unk>', 'fever'])).toThrow('words.txt has no <s>')
  })
})

describe('character ids', () => {
  const entries = ['<pad>', '<unk>', ...'abcdefghijklmnop😀𠀀\ud83d']
  const length = 6
  const vocabulary = new CharacterVocabulary(entries, length)
  const idOf = (character: string): number => entries.indexOf(character)
  const ids = (...characters: string[]): number[] => characters.map(idOf)

  function written(token: string): number[] {
    const guard = -1
    const buffer = new Int32Array(length + 4).fill(guard)
    vocabulary.write(token, buffer, 2)
    expect([buffer[0], buffer[1], buffer[length + 2], buffer[length + 3]]).toEqual(new Array(4).fill(guard))
    return Array.from(buffer.slice(2, length + 2))
  }

  test.each([
    ['a short token is padded', 'abc', [...ids('a', 'b', 'c'), PADDING, PADDING, PADDING]],
    ['a token of one character', 'p', [...ids('p'), PADDING, PADDING, PADDING, PADDING, PADDING]],
    ['an empty token is padding', '', new Array<number>(length).fill(PADDING)],
    ['case counts', 'Aa', [UNKNOWN, ...ids('a'), PADDING, PADDING, PADDING, PADDING]],
    ['unknown characters', 'aéz', [...ids('a'), UNKNOWN, UNKNOWN, PADDING, PADDING, PADDING]],
    ['a token one short of the length', 'abcde', [...ids('a', 'b', 'c', 'd', 'e'), PADDING]],
    ['a token of exactly the length', 'abcdef', ids('a', 'b', 'c', 'd', 'e', 'f')],
    ['one more leaves out the middle', 'abcdefg', ids('a', 'b', 'c', 'e', 'f', 'g')],
    ['a long token is its head and its tail', 'abcdefghijklmnop', ids('a', 'b', 'c', 'n', 'o', 'p')],
    ['a pair is one character', '😀a𠀀', [...ids('😀', 'a', '𠀀'), PADDING, PADDING, PADDING]],
    ['exactly the length in pairs', '😀😀😀𠀀𠀀𠀀', ids('😀', '😀', '😀', '𠀀', '𠀀', '𠀀')],
    ['a long token with pairs at both ends', 'a😀bcdefg𠀀h😀', ids('a', '😀', 'b', '𠀀', 'h', '😀')],
    ['an unknown pair is one unknown', '🏥a', [UNKNOWN, ...ids('a'), PADDING, PADDING, PADDING, PADDING]],
    ['half a pair is a character', '\ud83da', [...ids('\ud83d', 'a'), PADDING, PADDING, PADDING, PADDING]],
    [
      'half a pair in the tail, before the head of another',
      'abcdefg\ud83d\ud83d😀',
      ids('a', 'b', 'c', '\ud83d', '\ud83d', '😀')
    ]
  ])('%s', (_what, token, expected) => {
    expect(written(token)).toEqual(expected)
  })

  test('are written over what stood there', () => {
    const buffer = new Int32Array(length)
    vocabulary.write('abcdefghi', buffer, 0)
    vocabulary.write('a', buffer, 0)
    expect(Array.from(buffer)).toEqual([...ids('a'), PADDING, PADDING, PADDING, PADDING, PADDING])
  })

  test('never come from the names of padding and unknown', () => {
    expect(written('<')).toEqual([UNKNOWN, PADDING, PADDING, PADDING, PADDING, PADDING])
  })
})
