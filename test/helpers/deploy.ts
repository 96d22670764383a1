import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Manifest, readDocuments } from './kustomize.ts'

export const deployFolder = fileURLToPath(new URL('../../deploy', import.meta.url))

export const componentFolders: readonly string[] = readdirSync(join(deployFolder, 'components')).map(name =>
  join(deployFolder, 'components', name)
)

/** The base alone. */
export const base: readonly Manifest[] = build(join(deployFolder, 'base'))

/** The example, which has the base in it, with every component. */
export const everything: readonly Manifest[] = build(join(deployFolder, 'example'), componentFolders)

export const bulk = readDocuments(join(deployFolder, 'bulk/annotate.yaml')) as readonly Manifest[]

/** The one manifest of a kind and name. */
export function one<T>(manifests: readonly Manifest[], kind: string, name = 'ner-jsl'): T {
  const [found, ...more] = manifests.filter(
    manifest => manifest.kind === kind && manifest.metadata.name === name
  )
  if (!found || more.length > 0) throw new Error(`There must be one ${kind} ${name}`)
  return found as T
}
