import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseManifest } from './manifest.ts'
import { type DescribedModel, digest, loadDescribed, type Model } from './verified-model.ts'

/** Reads only the manifest of a model folder: what the service tells about a model, not what runs it. */
export async function describeModel(folder: string): Promise<DescribedModel> {
  const json = await readFile(join(folder, 'manifest.json')).catch(() => {
    throw new Error('the model folder has no readable manifest.json')
  })
  return { manifest: parseManifest(json.toString('utf8')), sha256: digest(json) }
}

/**
 * Reads and verifies a whole model folder.
 * @throws Error that says what is wrong with it
 */
export async function loadModel(folder: string): Promise<Model> {
  return loadDescribed(folder, await describeModel(folder))
}
