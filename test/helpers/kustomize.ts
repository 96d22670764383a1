import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** An object of the Kubernetes API. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
}

interface AddOperation {
  readonly op: 'add'
  readonly path: string
  readonly value: unknown
}

interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>
}

/** What our kustomizations use of the format; anything else is refused rather than passed over. */
interface Kustomization {
  readonly apiVersion: string
  readonly kind: 'Kustomization' | 'Component'
  readonly namespace?: string
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly configMapGenerator?: readonly {
    readonly name: string
    readonly behavior?: 'merge'
    readonly envs?: readonly string[]
    readonly literals?: readonly string[]
  }[]
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string }
    readonly path: string
  }[]
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[]
}

const known = new Set([
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'components',
  'configMapGenerator',
  'patches',
  'images'
])

/** The documents of a YAML file; a key that is there twice is an error. */
export function readDocuments(path: string): unknown[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map(document => {
    for (const error of document.errors) throw error
    return document.toJS()
  })
}

export function readKustomization(folder: string): Kustomization {
  const kustomization: Kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'))
  const unknown = Object.keys(kustomization).filter(key => !known.has(key))
  if (unknown.length > 0)
    throw new Error(`${folder} uses ${unknown.join(', ')}, which this reader does not know`)
  return kustomization
}

/**
 * What `kubectl kustomize` builds of a folder and of components on top of it, but for two things: names of
 * generated ConfigMaps do not end in a hash, and neither the namespace nor the images of an overlay are written into
 * the manifests.
 */
export function build(folder: string, components: readonly string[] = []): Manifest[] {
  const kustomization = readKustomization(folder)
  const resources = (kustomization.resources ?? []).flatMap(name =>
    name.endsWith('.yaml') ? (readDocuments(join(folder, name)) as Manifest[]) : build(join(folder, name))
  )
  const own = [...(kustomization.components ?? []).map(name => join(folder, name)), ...components]
  return own.reduce(applyComponent, generate(folder, kustomization, resources))
}

function applyComponent(manifests: readonly Manifest[], folder: string): Manifest[] {
  const { patches = [] } = readKustomization(folder)
  const all = [...structuredClone(manifests), ...build(folder)]
  for (const { target, path } of patches) {
    const targets = all.filter(({ kind, metadata }) => kind === target.kind && metadata.name === target.name)
    if (targets.length !== 1) throw new Error(`${path} of ${folder} has ${targets.length} targets`)
    const [operations] = readDocuments(join(folder, path)) as [AddOperation[]]
    for (const operation of operations) add(targets[0], operation)
  }
  return all
}

/** The operation `add` of RFC 6902 on a value that has the parent of its path. */
function add(target: object, { op, path, value }: AddOperation): void {
  if (op !== 'add') throw new Error(`${op} ${path}: this reader knows only "add"`)
  const keys = path.split('/').slice(1)
  const last = keys.pop() ?? ''
  let parent = target as Record<string, unknown>
  for (const key of keys) parent = parent[key] as Record<string, unknown>
  if (Array.isArray(parent) && last === '-') parent.push(value)
  else if (last in parent) throw new Error(`${path} is there already and would be replaced`)
  else parent[last] = value
}

function generate(folder: string, { configMapGenerator = [] }: Kustomization, from: Manifest[]): Manifest[] {
  return configMapGenerator.reduce((manifests, { name, behavior, envs = [], literals = [] }) => {
    const lines = envs.flatMap(file => readFileSync(join(folder, file), 'utf8').split('\n'))
    const data = Object.fromEntries(
      [...lines, ...literals]
        .filter(line => line.trim() !== '' && !line.startsWith('#'))
        .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
    )
    const there = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name)
    if ((there === undefined) === (behavior === 'merge')) throw new Error(`ConfigMap ${name} of ${folder}`)
    const configMap: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { ...(there as ConfigMap | undefined)?.data, ...data }
    }
    return [...manifests.filter(manifest => manifest !== there), configMap]
  }, from)
}
