import { fileURLToPath } from 'node:url'

/** The model of the repository. */
export const modelFolder = fileURLToPath(new URL('../../models/ner_jsl', import.meta.url))
