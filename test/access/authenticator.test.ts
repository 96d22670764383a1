import { describe, expect, test } from 'vitest'
import { createKey, keyFinder } from '../../src/access/api-keys.ts'
import { authenticate } from '../../src/access/authenticator.ts'
import { invalidCredentials } from '../../src/access/refusals.ts'

const { key, entry } = createKey({ id: 'ehr', scopes: ['read'] })
const keys = { find: keyFinder([entry]), close: () => {} }
const tokens = {
  verify: async (token: string) => {
    if (token !== 'a.good.token') throw invalidCredentials()
    return ['admin']
  }
}

describe('a caller', () => {
  test.each([
    [{ 'x-api-key': key }],
    [{ authorization: `Bearer ${key}` }],
    [{ authorization: `bearer  ${key} ` }],
    [{ 'x-api-key': key, authorization: 'Basic Z2F0ZXdheQ==' }],
    [{ 'x-api-key': key, authorization: 'Bearer of.the.gateway' }]
  ])('with a key in %j is known', async headers => {
    expect(await authenticate(headers, keys, undefined)).toEqual({ key: entry, scopes: ['read'] })
  })

  test('with a token is known by its scopes', async () => {
    expect(await authenticate({ authorization: 'Bearer a.good.token' }, keys, tokens)).toEqual({
      scopes: ['admin']
    })
    expect(await authenticate({ authorization: 'Bearer a.good.token' }, undefined, tokens)).toEqual({
      scopes: ['admin']
    })
  })

  test.each([
    [{}],
    [{ authorization: '' }],
    [{ authorization: 'Bearer' }],
    [{ authorization: `Basic ${key}` }],
    [{ authorization: key }],
    [{ authorization: `Bearer ${key} ${key}` }]
  ])('that presents nothing, as in %j, is asked to', async headers => {
    await expect(authenticate(headers, keys, tokens)).rejects.toMatchObject({
      code: 'unauthorized',
      challenge: 'Bearer realm="ner-jsl"'
    })
  })

  test.each([
    [{ 'x-api-key': '' }],
    [{ 'x-api-key': `${key}x` }],
    [{ 'x-api-key': `${key}, ${key}` }],
    [{ 'x-api-key': 'a.good.token' }],
    [{ 'x-api-key': 'wrong', authorization: `Bearer ${key}` }],
    [{ authorization: 'Bearer a.bad.token' }],
    [{ authorization: `Bearer ${entry.sha256}` }]
  ])('that presents something else, as in %j, is refused', async headers => {
    await expect(authenticate(headers, keys, tokens)).rejects.toMatchObject({
      code: 'unauthorized',
      challenge: 'Bearer realm="ner-jsl", error="invalid_token"'
    })
  })

  test('with a token is refused where there are only keys', async () => {
    await expect(
      authenticate({ authorization: 'Bearer a.good.token' }, keys, undefined)
    ).rejects.toMatchObject({ code: 'unauthorized' })
  })
})
