import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { modelFiles } from '../../src/model/files.ts'
import { type Manifest, parseManifest } from '../../src/model/manifest.ts'
import { modelFolder } from '../helpers/model-folder.ts'

const json = readFileSync(join(modelFolder, 'manifest.json'), 'utf8')

/** The manifest of the model after a change, which may be one that its type forbids. */
function changed(change: (manifest: Manifest) => void): string {
  const manifest: Manifest = JSON.parse(json)
  change(manifest)
  return JSON.stringify(manifest)
}

describe('the manifest of the model', () => {
  test('is read as it is', () => {
    expect(parseManifest(json)).toEqual(JSON.parse(json))
  })

  test('names every file', () => {
    expect(Object.keys(parseManifest(json).files).sort()).toEqual([...modelFiles].sort())
  })
})

describe('a manifest is refused', () => {
  test.each([
    ['when it is empty', ''],
    ['when it is half-written', json.slice(0, json.length / 2)],
    ['when it is not JSON', 'format: 1']
  ])('%s', (_when, text) => {
    expect(() => parseManifest(text)).toThrow('manifest.json is not JSON')
  })

  test.each(['null', '[]', '"manifest"', '1'])('when it is %s', text => {
    expect(() => parseManifest(text)).toThrow('manifest.json must be object')
  })

  const members = Object.keys(JSON.parse(json))
  test.each(members)('without its member %s', member => {
    const text = changed(manifest => Reflect.deleteProperty(manifest, member))
    expect(() => parseManifest(text)).toThrow(new RegExp(`^manifest\\.json must have .*${member}`))
  })

  const faults: [string, string, (manifest: Manifest) => void][] = [
    ['another format', '/format', m => Object.assign(m, { format: 1 })],
    ['a name with a slash', '/name', m => Object.assign(m, { name: '../ner' })],
    ['a version of two parts', '/version', m => Object.assign(m, { version: '1.0' })],
    ['a description that is a number', '/description', m => Object.assign(m, { description: 1 })],
    ['another language', '/language', m => Object.assign(m, { language: 'de' })],
    ['other token rules', '/pipeline/tokens', m => Object.assign(m.pipeline, { tokens: 'clinical-2' })],
    ['other sentence rules', '/pipeline/sentences', m => Object.assign(m.pipeline, { sentences: '' })],
    [
      'another word normalization',
      '/pipeline/words',
      m => Object.assign(m.pipeline, { words: 'as written' })
    ],
    [
      'an odd number of characters',
      '/pipeline/characterLength',
      m => Object.assign(m.pipeline, { characterLength: 7 })
    ],
    ['no characters', '/pipeline/characterLength', m => Object.assign(m.pipeline, { characterLength: 0 })],
    ['rows of half a token', '/pipeline/rowTokens', m => Object.assign(m.pipeline, { rowTokens: 0.5 })],
    ['rows of too many tokens', '/pipeline/rowTokens', m => Object.assign(m.pipeline, { rowTokens: 513 })],
    ['an unknown pipeline member', '/pipeline/stemmer', m => Object.assign(m.pipeline, { stemmer: 'none' })],
    ['another tag scheme', '/tagScheme', m => Object.assign(m, { tagScheme: 'BIOES' })],
    ['no labels', '/labels', m => Object.assign(m, { labels: [] })],
    ['a label twice', '/labels', m => m.labels.push(m.labels[0])],
    ['a label without a name', '/labels/0', m => Object.assign(m.labels, { 0: '' })],
    ['a missing file', '/files', m => Reflect.deleteProperty(m.files, 'crf.json')],
    [
      'a file we do not know',
      '/files/vocab.bin',
      m => Object.assign(m.files, { 'vocab.bin': m.files['crf.json'] })
    ],
    [
      'a file without bytes',
      '/files/words.txt/bytes',
      m => Object.assign(m.files['words.txt'], { bytes: 0 })
    ],
    [
      'a digest in capitals',
      '/files/tags.txt/sha256',
      m => Object.assign(m.files['tags.txt'], { sha256: 'A'.repeat(64) })
    ],
    [
      'a digest cut short',
      '/files/tags.txt/sha256',
      m => Object.assign(m.files['tags.txt'], { sha256: 'ab' })
    ],
    ['an empty golden note', '/golden/text', m => Object.assign(m.golden, { text: '' })],
    ['a golden note without entities', '/golden/entities', m => Object.assign(m.golden, { entities: [] })],
    [
      'a negative offset',
      '/golden/entities/0/start',
      m => Object.assign(m.golden.entities[0], { start: -1 })
    ],
    [
      'a confidence above 1',
      '/golden/entities/1/confidence',
      m => Object.assign(m.golden.entities[1], { confidence: 1.5 })
    ],
    ['a member we do not know', '/weights', m => Object.assign(m, { weights: 'x' })],
    ['a training score that is a list', '/training/scores', m => Object.assign(m.training, { scores: [1] })]
  ]
  test.each(faults)('with %s, and names %s', (_what, path, change) => {
    const escaped = path.replaceAll('.', '\\.')
    expect(() => parseManifest(changed(change))).toThrow(new RegExp(`^manifest\\.json${escaped} \\S`))
  })
})
