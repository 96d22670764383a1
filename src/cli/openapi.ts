import { readFile, writeFile } from 'node:fs/promises'
import { buildApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { createLogger } from '../logger.ts'
import { packageVersion } from '../package-version.ts'
import type { Recognizer } from '../recognition/recognizer.ts'
import { defineCommand } from './command.ts'

/** Writes the document that the app generates; with --check compares it with what is written. */
export const openapiCommand = defineCommand({
  summary: 'write the OpenAPI document, or check that a written one is not stale',
  usage: 'ner-jsl openapi [--check] FILE',
  options: { check: { type: 'boolean', default: false } },
  async run(values, positionals) {
    const [file] = positionals
    if (!file) throw new Error('name the FILE')
    const document = await generate()
    if (!values.check) {
      await writeFile(file, document)
      return
    }
    if ((await readFile(file, 'utf8').catch(() => '')) !== document) {
      throw new Error(`${file} is stale; npm run openapi writes it anew`)
    }
  }
})

/** The document as JSON. Depends on code alone: no model is loaded. */
export async function generate(): Promise<string> {
  const app = await buildApp(loadConfig({}), {
    recognizer: undescribed,
    logger: createLogger('silent'),
    version: packageVersion
  })
  await app.ready()
  const document = `${JSON.stringify(app.swagger(), undefined, 2)}\n`
  await app.close()
  return document
}

/** Stands in for a recognizer where only the shape of the API is wanted. */
const undescribed: Recognizer = {
  model: {
    sha256: '',
    manifest: {
      name: '',
      version: '',
      description: '',
      license: '',
      language: 'en',
      labels: [],
      training: {}
    }
  },
  recognize: () =>
    Promise.reject(new Error('No text is recognized while the document is written. This is a bug.')),
  checkAdmission() {},
  health: () => ({ workers: 0, readyWorkers: 0, started: false, fault: undefined }),
  load: () => ({ waiting: 0, waitingTokens: 0, predictedWait: 0, workerMemory: [] }),
  close: async () => {}
}
