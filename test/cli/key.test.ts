import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runCli } from '../helpers/cli.ts'

describe('ner-jsl key', () => {
  test('prints a key and its entry, which holds its digest', async () => {
    const { code, stdout, stderr } = await runCli([
      ...['key', 'ehr', '--scope', 'read', '--scope', 'admin', '--quota', '600']
    ])
    expect(code).toBe(0)
    const { key, entry } = JSON.parse(stdout)
    expect(entry).toEqual({
      id: 'ehr',
      sha256: createHash('sha256').update(key).digest('hex'),
      scopes: ['read', 'admin'],
      quotaPerMinute: 600
    })
    expect(stderr).toMatch(/not stored/)
    expect(stderr).not.toContain(key)
  })

  test('gives the scope read unless told otherwise', async () => {
    expect(JSON.parse((await runCli(['key', 'ehr'])).stdout).entry.scopes).toEqual(['read'])
  })

  test.each([
    [[], 'name the ID'],
    [['a b'], '/id must match'],
    [['a', '--scope', 'root'], '/scopes/0 must be'],
    [['a', '--quota', 'many'], '/quotaPerMinute must be']
  ])('with %j says what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await runCli(['key', ...args])
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })
})
