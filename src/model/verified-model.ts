import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CrfScores, parseCrf } from './crf-scores.ts'
import { type ModelFile, modelFiles } from './files.ts'
import type { Manifest } from './manifest.ts'
import { CharacterVocabulary, parseEntries, WordVocabulary } from './vocabulary.ts'

/** A manifest and the digest of the file it came from, which stands for the whole folder. */
export interface DescribedModel {
  readonly manifest: Manifest
  readonly sha256: string
}

/** A verified model folder. */
export interface Model extends DescribedModel {
  readonly words: WordVocabulary
  readonly characters: CharacterVocabulary
  /** O, then B- of each label, then I- of each label in the same order */
  readonly tags: readonly string[]
  readonly crf: CrfScores
  /** of the part of the network that sees a token alone, and of the part that sees rows of tokens */
  readonly formNetworkPath: string
  readonly rowNetworkPath: string
}

/**
 * Reads the files of a model folder and verifies their size and SHA-256, for the network runtime has no checksum.
 * @throws Error that says what is wrong with the folder
 */
export async function loadDescribed(folder: string, { manifest, sha256 }: DescribedModel): Promise<Model> {
  const read = await Promise.all(modelFiles.map(name => readVerified(folder, name, manifest)))
  const files = Object.fromEntries(modelFiles.map((name, i) => [name, read[i]])) as Record<ModelFile, Buffer>
  const tags = files['tags.txt'].toString('utf8').split('\n').slice(0, -1)
  if (tags.join('\n') !== expectedTags(manifest.labels).join('\n')) {
    throw new Error('tags.txt is not O, B- and I- of the labels of the manifest, in their order')
  }
  return {
    manifest,
    sha256,
    words: new WordVocabulary(parseEntries(files['words.txt'].toString('utf8'), 'words.txt')),
    characters: new CharacterVocabulary(
      parseEntries(files['chars.txt'].toString('utf8'), 'chars.txt'),
      manifest.pipeline.characterLength
    ),
    tags,
    crf: parseCrf(files['crf.json'].toString('utf8'), tags.length),
    formNetworkPath: join(folder, 'forms.onnx'),
    rowNetworkPath: join(folder, 'rows.onnx')
  }
}

function expectedTags(labels: readonly string[]): string[] {
  return ['O', ...labels.map(label => `B-${label}`), ...labels.map(label => `I-${label}`)]
}

async function readVerified(folder: string, name: ModelFile, manifest: Manifest): Promise<Buffer> {
  const expected = manifest.files[name]
  const content = await readFile(join(folder, name)).catch(() => {
    throw new Error(`${name} of the model folder cannot be read`)
  })
  if (content.length !== expected.bytes) {
    throw new Error(`${name} has ${content.length} bytes, the manifest says ${expected.bytes}`)
  }
  if (digest(content) !== expected.sha256)
    throw new Error(`${name} does not match its SHA-256 in the manifest`)
  return content
}

/** SHA-256 in hexadecimal. */
export function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
