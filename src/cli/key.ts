import { createKey } from '../access/api-keys.ts'
import type { Scope } from '../access/scopes.ts'
import { defineCommand } from './command.ts'

/** Prints a new API key and its entry in the key file, as JSON. Nothing is stored. */
export const keyCommand = defineCommand({
  summary: 'make a new API key, and its entry for the file that NER_API_KEYS_FILE names',
  usage: 'ner-jsl key [--scope read|admin]... [--quota REQUESTS_PER_MINUTE] ID',
  options: {
    scope: { type: 'string', multiple: true, default: ['read'] },
    quota: { type: 'string' }
  },
  async run({ scope, quota }, [id]) {
    if (!id) throw new Error('name the ID of the key')
    const made = createKey({
      id,
      // The schema of an entry says which there are.
      scopes: scope as Scope[],
      ...(quota !== undefined && { quotaPerMinute: Number(quota) })
    })
    process.stdout.write(`${JSON.stringify(made, undefined, 2)}\n`)
    process.stderr.write(
      'The key is not stored anywhere: give it to its user, and put the entry into the list "keys" of the key file.\n'
    )
  }
})
