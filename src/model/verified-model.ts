import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { type CrfScores, parseCrf } from './crf-scores.ts'
import { type ModelFile, networkFiles, type TextFile, textFiles } from './files.ts'
import type { Manifest } from './manifest.ts'
import { CharacterVocabulary, parseEntries, WordVocabulary } from './vocabulary.ts'

const PIECE_BYTES = 262_144

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
  const [read] = await Promise.all([
    Promise.all(textFiles.map(name => verify(folder, name, manifest, readAll))),
    Promise.all(networkFiles.map(name => verify(folder, name, manifest, readInPieces)))
  ])
  const texts = Object.fromEntries(textFiles.map((name, i) => [name, read[i]])) as Record<TextFile, string>
  const tags = texts['tags.txt'].split('\n').slice(0, -1)
  if (tags.join('\n') !== expectedTags(manifest.labels).join('\n')) {
    throw new Error('tags.txt is not O, B- and I- of the labels of the manifest, in their order')
  }
  return {
    manifest,
    sha256,
    words: new WordVocabulary(parseEntries(texts['words.txt'], 'words.txt')),
    characters: new CharacterVocabulary(
      parseEntries(texts['chars.txt'], 'chars.txt'),
      manifest.pipeline.characterLength
    ),
    tags,
    crf: parseCrf(texts['crf.json'], tags.length),
    formNetworkPath: join(folder, 'forms.onnx'),
    rowNetworkPath: join(folder, 'rows.onnx')
  }
}

function expectedTags(labels: readonly string[]): string[] {
  return ['O', ...labels.map(label => `B-${label}`), ...labels.map(label => `I-${label}`)]
}

/** What is known of a file that was read. */
interface Read<Content> {
  readonly bytes: number
  readonly sha256: string
  readonly content: Content
}

async function verify<Content>(
  folder: string,
  name: ModelFile,
  manifest: Manifest,
  read: (file: FileHandle) => Promise<Read<Content>>
): Promise<Content> {
  const expected = manifest.files[name]
  const { bytes, sha256, content } = await readFrom(join(folder, name), read).catch(() => {
    throw new Error(`${name} of the model folder cannot be read`)
  })
  if (bytes !== expected.bytes)
    throw new Error(`${name} has ${bytes} bytes, the manifest says ${expected.bytes}`)
  if (sha256 !== expected.sha256) throw new Error(`${name} does not match its SHA-256 in the manifest`)
  return content
}

async function readFrom<Content>(
  path: string,
  read: (file: FileHandle) => Promise<Content>
): Promise<Content> {
  const file = await open(path)
  try {
    return await read(file)
  } finally {
    await file.close()
  }
}

async function readAll(file: FileHandle): Promise<Read<string>> {
  const content = await file.readFile()
  return { bytes: content.length, sha256: digest(content), content: content.toString('utf8') }
}

/** Keeps nothing: the largest file would stay in memory, of each worker, until the next collection of garbage. */
async function readInPieces(file: FileHandle): Promise<Read<undefined>> {
  const piece = Buffer.allocUnsafe(PIECE_BYTES)
  const hash = createHash('sha256')
  let bytes = 0
  for (;;) {
    const { bytesRead } = await file.read(piece)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex'), content: undefined }
    hash.update(piece.subarray(0, bytesRead))
    bytes += bytesRead
  }
}

/** SHA-256 in hexadecimal. */
export function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
