import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runCli } from '../helpers/cli.ts'

describe('ner-jsl key', () => {
  test('prints a key and its entry, which holds its digest', async () => {
    const options = ['--scope', 'read', '--scope', 'admin', '--quota', '600']
    const { code, stdout, stderr } = await runCli(['key', ...options, 'ehr'])
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

  test('prints no key that a key file would refuse, and says why', async () => {
    const { code, stdout, stderr } = await runCli(['key', '--quota', 'many', 'ehr'])
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toContain('/quotaPerMinute must be')
  })
})
