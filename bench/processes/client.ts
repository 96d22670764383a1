import { type Arrivals, LoadGenerator, type Phase, type Saturation } from '../load/generator.ts'
import { offer } from './remote.ts'

/** The load generator, away from the service and from what measures it. */

let generator: LoadGenerator | undefined

function opened(): LoadGenerator {
  if (!generator) throw new Error('The client has no service yet. This is a bug.')
  return generator
}

const functions = {
  async open(url: string, texts: readonly string[]): Promise<string[]> {
    generator = await LoadGenerator.open(url, texts)
    return generator.bodies
  },
  saturate: (saturation: Saturation) => opened().saturate(saturation),
  saturatePatiently: (saturation: Saturation) => opened().saturatePatiently(saturation),
  repeat: (count: number, callers: number) => opened().repeat(count, callers),
  occupy: (seconds: number) => opened().occupy(seconds),
  arrive: (arrivals: Arrivals) => opened().arrive(arrivals),
  flood: (phases: readonly Phase[], seed: number) => opened().flood(phases, seed),
  time: (index: number) => opened().time(index)
}

export type Client = typeof functions

offer(functions)
