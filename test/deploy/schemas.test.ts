import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import { describe, expect, test } from 'vitest'
import { bulk, componentFolders, deployFolder, everything, one } from '../helpers/deploy.ts'
import { faultsOf } from '../helpers/kubernetes-schemas.ts'
import { type Manifest, readKustomization } from '../helpers/kustomize.ts'

describe('the files', () => {
  const folders = readdirSync(deployFolder, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('kustomization.yaml'))
    .map(dirname)

  test.each(folders)('of %s are all in its kustomization', name => {
    const folder = join(deployFolder, name)
    const { resources = [], patches = [], configMapGenerator = [] } = readKustomization(folder)
    const listed = [
      ...resources.filter(path => !path.startsWith('../')),
      ...patches.map(({ path }) => path),
      ...configMapGenerator.flatMap(({ envs = [] }) => envs)
    ]
    const files = readdirSync(folder).filter(file => statSync(join(folder, file)).isFile())
    expect([...listed, 'kustomization.yaml'].sort()).toEqual(files.sort())
  })

  test('of the components are all offered by the example', () => {
    const example = readFileSync(join(deployFolder, 'example/kustomization.yaml'), 'utf8')
    const offered = Array.from(example.matchAll(/- \.\.\/(components\/.*)/g), ([, path]) => path)
    expect(offered.map(path => join(deployFolder, path)).sort()).toEqual([...componentFolders].sort())
  })
})

describe('the Kubernetes API', () => {
  test.each(
    [...everything, ...bulk].map(
      manifest => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const
    )
  )('takes %s', (_name, manifest) => {
    expect(faultsOf(manifest)).toEqual([])
  })

  const deployment = one<Manifest & IDeployment>(everything, 'Deployment')
  test.each([
    ['a field it does not know', { replica: 2 }, '/spec/replica is not a field'],
    ['a wrong type', { replicas: 'two' }, 'data/spec/replicas must be integer'],
    [
      'none of the allowed values',
      { strategy: { type: 'Rolling' } },
      'data/spec/strategy/type must be equal to'
    ],
    [
      'a required field that is missing',
      { selector: undefined },
      'data/spec must have required property selector'
    ]
  ])('would refuse %s', (_title, change, fault) => {
    const changed = { ...deployment, spec: { ...deployment.spec, ...change } }
    expect(faultsOf(changed).join()).toContain(fault)
  })
})
