import { CharacterVocabulary, WordVocabulary } from '../../src/model/vocabulary.ts'

export const wordEntries = ['<pad>', '<unk>', '<s>', '.', 'the', 'aspirin', 'mg', '81', '00', 'q.0h.', 'pain']
export const characterEntries = ['<pad>', '<unk>', ...'.0123456789abcdefghijklmnopqrstuvwxyzABCDé😀𠀀']
export const characterLength = 8

/** Small vocabularies; characters are those of a token of up to `characterLength`. */
export function vocabularies() {
  return {
    words: new WordVocabulary(wordEntries),
    characters: new CharacterVocabulary(characterEntries, characterLength)
  }
}

/** Ids of the characters of a short token, looked up apart from the code under test. */
export function characterIdsOf(token: string): number[] {
  const ids = Array.from(token, character => {
    const id = characterEntries.indexOf(character, 2)
    return id < 0 ? 1 : id
  })
  const read =
    ids.length <= characterLength
      ? ids
      : [...ids.slice(0, characterLength / 2), ...ids.slice(-characterLength / 2)]
  return [...read, ...new Array<number>(characterLength - read.length).fill(0)]
}
