import { setTimeout as sleep } from 'node:timers/promises'
import { noWork, type Work } from '../../src/analysis.ts'
import { poissonArrivals } from '../../src/benchmark/load.ts'
import { seededRandom } from '../../src/benchmark/notes.ts'
import { Engine } from '../../src/engine.ts'
import { passGoldenNote } from '../../src/golden.ts'
import { loadModel } from '../../src/model/load-model.ts'
import { groupParts, joinParts, splitTexts } from '../../src/recognition/parts.ts'
import { toRecognized } from '../../src/recognition/recognized.ts'
import type { Entity } from '../../src/schemas/entity.ts'
import type { Arrivals } from '../load/generator.ts'
import { offer } from './remote.ts'

/** One engine and nothing around it: what a worker does, without queue, messages and HTTP. */

let engine: Engine | undefined

function opened(): Engine {
  if (!engine) throw new Error('The engine has no model yet. This is a bug.')
  return engine
}

/** Texts that are analyzed at once. */
export type Dispatch = readonly string[]

export interface Effort {
  readonly milliseconds: number
  readonly work: Work
}

const functions = {
  /** @throws Error when the model does not find in its golden note what its manifest says */
  async open(modelFolder: string): Promise<void> {
    const model = await loadModel(modelFolder)
    engine = await Engine.open(model)
    await passGoldenNote(engine, model.manifest)
  },

  /** Entities of each text of a dispatch, long ones in the parts that the service reads them in. */
  async recognize(texts: Dispatch): Promise<Entity[][]> {
    const parts = splitTexts(texts.map(text => ({ text })))
    const analysis = await opened().analyze(parts)
    return groupParts(texts.length, parts).map((own, i) => {
      const found = own.map(part => analysis.texts[part])
      return toRecognized(texts[i], joinParts(found), 'utf16').entities
    })
  },

  /** Analyzes all dispatches, again and again until `seconds` have passed, and sums up. */
  async work(dispatches: readonly Dispatch[], seconds: number): Promise<Effort> {
    const requests = dispatches.map(texts => texts.map(text => ({ text })))
    const work = noWork()
    let milliseconds = 0
    do {
      for (const texts of requests) {
        const start = performance.now()
        const analysis = await opened().analyze(texts)
        milliseconds += performance.now() - start
        for (const key of Object.keys(work) as (keyof Work)[]) work[key] += analysis.work[key]
      }
    } while (milliseconds < seconds * 1000)
    return { milliseconds, work }
  },

  /** Analyzes one text after the other at the times at which they would arrive at a service; milliseconds of each. */
  async arrive(texts: readonly string[], { rate, count, seed }: Arrivals): Promise<number[]> {
    const times: number[] = []
    const start = performance.now()
    for (const [i, offset] of poissonArrivals(count, rate, seededRandom(seed)).entries()) {
      await sleep(Math.max(0, start + offset - performance.now()))
      const began = performance.now()
      await opened().analyze([{ text: texts[i % texts.length] }])
      times.push(performance.now() - began)
    }
    return times
  }
}

export type EngineFunctions = typeof functions

offer(functions)
