import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the package, from the compiled file and from its source alike. */
export const root = packageFolder(fileURLToPath(import.meta.url))

function packageFolder(path: string): string {
  const folder = dirname(path)
  return existsSync(`${folder}/package.json`) ? folder : packageFolder(folder)
}
