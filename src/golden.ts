import type { Engine } from './engine.ts'
import type { Manifest } from './model/manifest.ts'

/** Processors sum in different orders; a wrong model is off by far more. */
const CONFIDENCE_TOLERANCE = 0.01

/**
 * Runs the golden note of a model: proof that weights, vocabularies, rules and code belong together.
 * @throws Error when the entities are not those of the manifest
 */
export async function passGoldenNote(engine: Engine, { golden }: Manifest): Promise<void> {
  const { texts } = await engine.analyze([{ text: golden.text }])
  const found = texts[0].entities
  const same =
    found.length === golden.entities.length &&
    golden.entities.every(({ start, end, label, confidence }, i) => {
      const entity = found[i]
      return (
        entity.start === start &&
        entity.end === end &&
        entity.label === label &&
        Math.abs(entity.confidence - confidence) <= CONFIDENCE_TOLERANCE
      )
    })
  if (!same) throw new Error('the model does not find in its golden note what its manifest says')
}
