import type { Recognizer } from '../recognition/recognizer.ts'
import type { ModelIdentity } from '../schemas/model.ts'

/** What every answer says of the model that gave it. */
export function toIdentity({ manifest, sha256 }: Recognizer['model']): ModelIdentity {
  return { name: manifest.name, version: manifest.version, sha256 }
}
