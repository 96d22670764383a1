import { createHash, timingSafeEqual } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { type ApiKey, createKey, keyFinder, parseKeys } from '../../src/access/api-keys.ts'

vi.mock('node:crypto', async importOriginal => {
  const crypto = await importOriginal<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) }
})

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function entry(id: string, facts: Partial<ApiKey> = {}): ApiKey {
  return { id, sha256: sha256(id), scopes: ['read'], ...facts }
}

describe('a key file', () => {
  test('is a list of keys', () => {
    const keys = [entry('ehr', { quotaPerMinute: 600 }), entry('grafana', { scopes: ['admin', 'read'] })]
    expect(parseKeys(JSON.stringify({ keys }))).toEqual(keys)
  })

  test('may name no key', () => {
    expect(parseKeys('{"keys":[]}')).toEqual([])
  })

  test.each<[string, unknown, string]>([
    ['a list', [], 'The file must be object.'],
    ['no list of keys', {}, '/keys is required.'],
    ['a key without an id', { keys: [{ sha256: sha256('a'), scopes: ['read'] }] }, '/keys/0/id is required.'],
    ['a key without a scope', { keys: [entry('a', { scopes: [] })] }, '/keys/0/scopes must NOT have fewer'],
    ['an unknown scope', { keys: [entry('a', { scopes: ['root' as 'read'] })] }, '/keys/0/scopes/0 must be'],
    ['an id that would not suit a log', { keys: [entry('a b')] }, '/keys/0/id must match pattern'],
    ['a key as it is', { keys: [entry('a', { sha256: 'hunter2' })] }, '/keys/0/sha256 must match pattern'],
    [
      'a quota of nothing',
      { keys: [entry('a', { quotaPerMinute: 0 })] },
      '/keys/0/quotaPerMinute must be >= 1'
    ],
    ['a member too many', { keys: [{ ...entry('a'), hunter2: 1 }] }, '/keys/0 has a member'],
    [
      'an id twice',
      { keys: [entry('a'), entry('a', { sha256: sha256('b') })] },
      '/keys/1/id is that of another'
    ],
    [
      'a key twice',
      { keys: [entry('a'), entry('b', { sha256: sha256('a') })] },
      '/keys/1/sha256 is that of another'
    ]
  ])('with %s is refused, with the place and without the value', (_what, value, message) => {
    const refuse = (): unknown => parseKeys(JSON.stringify(value))
    expect(refuse).toThrow(message)
    expect(refuse).not.toThrow(/hunter2/)
  })

  test('that is not JSON is not quoted', () => {
    expect(() => parseKeys('hunter2')).toThrow(/^The file is not JSON\.$/)
  })
})

describe('the keys of a file', () => {
  const find = keyFinder([entry('a'), entry('b'), entry('c')])

  test.each(['a', 'b', 'c'])('are found wherever they stand: %s', key => {
    expect(find(key)?.id).toBe(key)
  })

  test.each(['', 'd', 'A', 'a ', 'ab', sha256('a')])('are not %j', presented => {
    expect(find(presented)).toBeUndefined()
  })

  test.each(['a', 'b', 'c', 'd'])(
    'are all compared in a time that tells nothing, whichever %j is',
    presented => {
      vi.mocked(timingSafeEqual).mockClear()
      find(presented)
      expect(timingSafeEqual).toHaveBeenCalledTimes(3)
    }
  )
})

describe('a new key', () => {
  test('is found by its entry, which does not tell it', () => {
    const { key, entry } = createKey({ id: 'ehr', scopes: ['read', 'admin'], quotaPerMinute: 60 })
    expect(key).toMatch(/^ner_[\w-]{43}$/)
    expect(entry).toEqual({ id: 'ehr', sha256: sha256(key), scopes: ['read', 'admin'], quotaPerMinute: 60 })
    const [read] = parseKeys(JSON.stringify({ keys: [entry] }))
    expect(keyFinder([read])(key)).toEqual(entry)
  })

  test('is another one each time', () => {
    const keys = Array.from({ length: 50 }, () => createKey({ id: 'a', scopes: ['read'] }).key)
    expect(new Set(keys).size).toBe(50)
  })

  test('is not made of facts that a key file would refuse', () => {
    expect(() => createKey({ id: 'a', scopes: ['root' as 'read'] })).toThrow('/scopes/0 must be')
    expect(() => createKey({ id: 'a b', scopes: ['read'] })).toThrow('/id must match')
    expect(() => createKey({ id: 'a', scopes: ['read'], quotaPerMinute: Number.NaN })).toThrow(
      '/quotaPerMinute'
    )
  })
})
