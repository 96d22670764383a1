import { createHash } from 'node:crypto'
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type ModelFile, modelFiles } from '../../src/model/files.ts'
import { describeModel, loadModel } from '../../src/model/load-model.ts'
import { modelFolder } from '../helpers/model-folder.ts'
import { seeded } from '../helpers/random.ts'

type FileName = ModelFile | 'manifest.json'

const fileNames: readonly FileName[] = [...modelFiles, 'manifest.json']

/** A folder like that of the model, removed with the test. Files are links until they are written. */
class ModelCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'ner-jsl-model-'))

  constructor() {
    for (const name of fileNames) symlinkSync(join(modelFolder, name), join(this.folder, name))
    onTestFinished(() => rmSync(this.folder, { recursive: true }))
  }

  read(name: FileName): Buffer {
    return readFileSync(join(this.folder, name))
  }

  write(name: FileName, content: string | Buffer): void {
    this.remove(name)
    writeFileSync(join(this.folder, name), content)
  }

  remove(name: FileName): void {
    unlinkSync(join(this.folder, name))
  }

  /** Writes a file and gives the manifest its size and digest: nothing but the content itself is wrong. */
  sign(name: ModelFile, content: string): void {
    this.write(name, content)
    const manifest = JSON.parse(this.read('manifest.json').toString())
    manifest.files[name] = {
      bytes: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex')
    }
    this.write('manifest.json', JSON.stringify(manifest))
  }

  text(name: ModelFile): string {
    return this.read(name).toString('utf8')
  }
}

const original = JSON.parse(readFileSync(join(modelFolder, 'manifest.json'), 'utf8'))

function swapLines(text: string, first: number, second: number): string {
  const lines = text.split('\n')
  const kept = lines[first]
  lines[first] = lines[second]
  lines[second] = kept
  return lines.join('\n')
}

describe('a model folder', () => {
  test('loads when nothing was done to it', async () => {
    const model = await loadModel(new ModelCopy().folder)
    expect(model.manifest).toEqual(original)
    expect(model.tags.length).toBe(1 + 2 * original.labels.length)
    expect(model.tags.slice(0, 2)).toEqual(['O', `B-${original.labels[0]}`])
    expect(model.crf.transitions.length).toBe(model.tags.length)
    expect(model.characters.length).toBe(original.pipeline.characterLength)
    expect(model.words.id('the')).toBeGreaterThan(1)
  })

  test('is told by the digest of its manifest', async () => {
    const copy = new ModelCopy()
    const { sha256 } = await describeModel(copy.folder)
    expect(sha256).toBe(createHash('sha256').update(copy.read('manifest.json')).digest('hex'))
    expect((await loadModel(copy.folder)).sha256).toBe(sha256)
  })

  test('loads in any folder, whatever its name', async () => {
    const copy = new ModelCopy()
    const { formNetworkPath, rowNetworkPath } = await loadModel(copy.folder)
    expect(formNetworkPath).toBe(join(copy.folder, 'forms.onnx'))
    expect(rowNetworkPath).toBe(join(copy.folder, 'rows.onnx'))
  })
})

describe('a damaged model folder is refused', () => {
  test('when it is not there', async () => {
    await expect(loadModel('/no/such/folder')).rejects.toThrow('no readable manifest.json')
  })

  test.each(modelFiles)('without %s', async name => {
    const copy = new ModelCopy()
    copy.remove(name)
    await expect(loadModel(copy.folder)).rejects.toThrow(`${name} of the model folder cannot be read`)
  })

  test('without manifest.json', async () => {
    const copy = new ModelCopy()
    copy.remove('manifest.json')
    await expect(loadModel(copy.folder)).rejects.toThrow('the model folder has no readable manifest.json')
  })

  test.each(modelFiles)('with %s cut short by a byte', async name => {
    const copy = new ModelCopy()
    const content = copy.read(name)
    copy.write(name, content)
    truncateSync(join(copy.folder, name), content.length - 1)
    await expect(loadModel(copy.folder)).rejects.toThrow(
      `${name} has ${content.length - 1} bytes, the manifest says ${content.length}`
    )
  })

  test.each(modelFiles)('with an empty %s', async name => {
    const copy = new ModelCopy()
    copy.write(name, '')
    await expect(loadModel(copy.folder)).rejects.toThrow(`${name} has 0 bytes`)
  })

  test('with a shorter words.txt', async () => {
    const copy = new ModelCopy()
    copy.write('words.txt', copy.text('words.txt').split('\n').slice(0, 1000).join('\n'))
    await expect(loadModel(copy.folder)).rejects.toThrow(/^words\.txt has \d+ bytes, the manifest says \d+$/)
  })

  test('with two labels of tags.txt swapped', async () => {
    const copy = new ModelCopy()
    copy.write('tags.txt', swapLines(copy.text('tags.txt'), 1, 2))
    await expect(loadModel(copy.folder)).rejects.toThrow(
      'tags.txt does not match its SHA-256 in the manifest'
    )
  })

  test('with a half-written manifest', async () => {
    const copy = new ModelCopy()
    const manifest = copy.read('manifest.json')
    copy.write('manifest.json', manifest.subarray(0, manifest.length / 2))
    await expect(loadModel(copy.folder)).rejects.toThrow('manifest.json is not JSON')
    await expect(describeModel(copy.folder)).rejects.toThrow('manifest.json is not JSON')
  })

  test('with the manifest of another model', async () => {
    const copy = new ModelCopy()
    const manifest = JSON.parse(copy.read('manifest.json').toString())
    manifest.files['rows.onnx'].sha256 = '0'.repeat(64)
    copy.write('manifest.json', JSON.stringify(manifest))
    await expect(loadModel(copy.folder)).rejects.toThrow('rows.onnx does not match its SHA-256')
  })
})

describe('a folder that is signed but wrong is refused', () => {
  test.each<[string, (copy: ModelCopy) => void, string]>([
    [
      'with two labels of tags.txt swapped',
      copy => copy.sign('tags.txt', swapLines(copy.text('tags.txt'), 1, 2)),
      'tags.txt is not O, B- and I- of the labels of the manifest'
    ],
    [
      'with a tag too few',
      copy => copy.sign('tags.txt', copy.text('tags.txt').split('\n').slice(0, -2).join('\n').concat('\n')),
      'tags.txt is not O, B- and I- of the labels of the manifest'
    ],
    [
      'with a word twice',
      copy => copy.sign('words.txt', copy.text('words.txt').replace('\nthe\n', '\n.\n')),
      'words.txt has an entry twice'
    ],
    [
      'without a separator',
      copy => copy.sign('words.txt', copy.text('words.txt').replace('\n<s>\n', '\n')),
      'words.txt has no <s>'
    ],
    [
      'with characters that do not start with padding',
      copy => copy.sign('chars.txt', swapLines(copy.text('chars.txt'), 0, 1)),
      'chars.txt does not start with <pad> and <unk>'
    ],
    [
      'with an infinite score',
      copy => copy.sign('crf.json', copy.text('crf.json').replace(/-?\d+\.\d+/, '1e999')),
      'crf.json does not hold finite scores for 65 tags'
    ],
    [
      'with a score of null, which is how some write NaN',
      copy => copy.sign('crf.json', copy.text('crf.json').replace(/-?\d+\.\d+/, 'null')),
      'crf.json does not hold finite scores for 65 tags'
    ],
    [
      'with a row of transitions too few',
      copy => {
        const crf = JSON.parse(copy.text('crf.json'))
        crf.transitions.pop()
        copy.sign('crf.json', JSON.stringify(crf))
      },
      'crf.json does not hold finite scores for 65 tags'
    ],
    [
      'with a start score too many',
      copy => {
        const crf = JSON.parse(copy.text('crf.json'))
        crf.start.push(0)
        copy.sign('crf.json', JSON.stringify(crf))
      },
      'crf.json does not hold finite scores for 65 tags'
    ]
  ])('%s', async (_what, damage, message) => {
    const copy = new ModelCopy()
    damage(copy)
    await expect(loadModel(copy.folder)).rejects.toThrow(message)
  })

  test('with a score of NaN', async () => {
    const copy = new ModelCopy()
    copy.sign('crf.json', copy.text('crf.json').replace(/-?\d+\.\d+/, 'NaN'))
    await expect(loadModel(copy.folder)).rejects.toThrow()
  })

  test('with a score of NaN, and the message names the file', async () => {
    const copy = new ModelCopy()
    copy.sign('crf.json', copy.text('crf.json').replace(/-?\d+\.\d+/, 'NaN'))
    await expect(loadModel(copy.folder)).rejects.toThrow('crf.json')
  })
})

describe('one flipped bit', () => {
  const random = seeded(7)
  const flips = Array.from({ length: 50 }, (_, i) => {
    const name = modelFiles[i % modelFiles.length]
    return { name, byte: random.below(original.files[name].bytes), bit: random.below(8) }
  })

  test.each(flips)('is seen: $name, byte $byte, bit $bit', async ({ name, byte, bit }) => {
    const copy = new ModelCopy()
    const content = copy.read(name)
    content[byte] ^= 1 << bit
    copy.write(name, content)
    await expect(loadModel(copy.folder)).rejects.toThrow(`${name} does not match its SHA-256 in the manifest`)
  })

  test('of the manifest makes it another model, or none', async () => {
    const before = (await describeModel(modelFolder)).sha256
    const copy = new ModelCopy()
    const content = copy.read('manifest.json')
    for (let i = 0; i < 50; i++) {
      const byte = random.below(content.length)
      const bit = 1 << random.below(8)
      content[byte] ^= bit
      copy.write('manifest.json', content)
      content[byte] ^= bit
      const described = await describeModel(copy.folder).catch(error => error)
      if (described instanceof Error) expect(described.message).toMatch(/^manifest\.json/)
      else expect(described.sha256).not.toBe(before)
    }
  })
})
