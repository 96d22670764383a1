import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { type KeyFileEvent, openKeyFile } from '../../src/access/key-file.ts'
import { temporaryFile } from '../helpers/cli.ts'
import { until } from '../helpers/service.ts'

const first = createKey({ id: 'first', scopes: ['read'] })
const second = createKey({ id: 'second', scopes: ['read'] })

const content = (...made: readonly { entry: object }[]): string =>
  JSON.stringify({ keys: made.map(({ entry }) => entry) })

/** As careful writers do: no reader sees a part of it. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

async function open(...made: readonly { entry: object }[]) {
  const path = temporaryFile('keys.json', content(...made))
  const events: KeyFileEvent[] = []
  const file = await openKeyFile(path, event => void events.push(event), 10)
  onTestFinished(() => file.close())
  return { path, file, events }
}

describe('a key file that changes', () => {
  test('is read again: new keys count, and those that are gone do not', async () => {
    const { path, file, events } = await open(first)
    expect(file.find(first.key)?.id).toBe('first')
    expect(file.find(second.key)).toBeUndefined()
    replace(path, content(second))
    await until(() => events.length > 0)
    expect(file.find(first.key)).toBeUndefined()
    expect(file.find(second.key)?.id).toBe('second')
    expect(events).toEqual([{ keys: 1 }])
  })

  test('into one that cannot be used leaves the keys as they were, says so, and is looked at again', async () => {
    const { path, file, events } = await open(first)
    replace(path, '{"keys": [')
    await until(() => events.length > 0)
    expect(events[0]).toEqual({ fault: 'NER_API_KEYS_FILE: The file is not JSON.' })
    expect(file.find(first.key)?.id).toBe('first')
    rmSync(path)
    await until(() => events.length > 1)
    expect(events[1]).toEqual({ fault: 'NER_API_KEYS_FILE: The file cannot be read (ENOENT).' })
    expect(file.find(first.key)?.id).toBe('first')
    replace(path, content())
    await until(() => events.length > 2)
    expect(file.find(first.key)).toBeUndefined()
    expect(events).toHaveLength(3)
  })
})

describe('a key file that cannot be used', () => {
  test('is refused at once', async () => {
    const path = temporaryFile('keys.json', '{"keys": {}}')
    await expect(openKeyFile(path, () => {})).rejects.toThrow('NER_API_KEYS_FILE: /keys must be array.')
    await expect(openKeyFile(`${path}.no`, () => {})).rejects.toThrow('The file cannot be read (ENOENT).')
  })
})
