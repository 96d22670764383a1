import { Engine } from '../engine.ts'
import { passGoldenNote } from '../golden.ts'
import { loadModel } from '../model/load-model.ts'
import { inContext } from './in-context.ts'
import { groupParts, joinParts, splitTexts } from './parts.ts'
import type { Recognition, Recognizer } from './recognizer.ts'

/** Recognition on the caller's thread, one call after the other: for tools and tests, not for serving. */
export async function createInProcessRecognizer(modelFolder: string): Promise<Recognizer> {
  const model = await loadModel(modelFolder)
  const engine = await Engine.open(model)
  await passGoldenNote(engine, model.manifest)
  let last: Promise<unknown> = Promise.resolve()

  return {
    model,
    recognize(texts, signal): Promise<Recognition> {
      const turn = last.then(async () => {
        signal?.throwIfAborted()
        const parts = splitTexts(texts)
        const { texts: analyzed, work } = await engine.analyze(parts)
        const byText = groupParts(texts.length, parts)
        const outcomes = byText.map((own, of) => ({
          analyzed: inContext(texts[of], joinParts(own.map(i => analyzed[i])))
        }))
        return { outcomes, timings: { queue: 0, ...work } }
      })
      last = turn.catch(() => {})
      return turn
    },
    checkAdmission() {},
    health: () => ({ workers: 1, readyWorkers: 1, started: true, fault: undefined }),
    load: () => ({ waiting: 0, waitingTokens: 0, predictedWait: 0, workerMemory: [] }),
    async close() {
      await last
      await engine.close()
    }
  }
}
