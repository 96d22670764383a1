import { readFile } from 'node:fs/promises'
import { type ApiKey, keyFinder, parseKeys } from './api-keys.ts'

/** Time between looks at the file. Looking sees what notifications miss: a mounted secret is replaced as a link. */
const INTERVAL_MS = 2_000

/** What became of a file that changed; after a fault the keys read before stay valid. */
export type KeyFileEvent = { readonly keys: number } | { readonly fault: string }

export interface KeyFile {
  find(presented: string): ApiKey | undefined
  close(): void
}

/**
 * The API keys of a file, read again whenever it changes.
 * @throws Error that says what is wrong with the file
 */
export async function openKeyFile(
  path: string,
  onChange: (event: KeyFileEvent) => void,
  interval = INTERVAL_MS
): Promise<KeyFile> {
  /** undefined while the file cannot be read */
  let seen: string | undefined = await read(path)
  let find = keyFinder(parse(seen))

  let busy = false
  const look = async (): Promise<void> => {
    if (busy) return
    busy = true
    let text: string | undefined
    try {
      text = await read(path)
      if (text !== seen) {
        const keys = parse(text)
        find = keyFinder(keys)
        onChange({ keys: keys.length })
      }
    } catch (error) {
      // A file that stays away is told of once.
      if (text !== seen) onChange({ fault: (error as Error).message })
    }
    seen = text
    busy = false
  }
  const timer = setInterval(look, interval).unref()
  return { find: presented => find(presented), close: () => clearInterval(timer) }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`NER_API_KEYS_FILE: The file cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

function parse(json: string): ApiKey[] {
  try {
    return parseKeys(json)
  } catch (error) {
    throw new Error(`NER_API_KEYS_FILE: ${(error as Error).message}`)
  }
}
