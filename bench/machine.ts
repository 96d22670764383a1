import { availableParallelism, cpus } from 'node:os'
import type { DescribedModel } from '../src/model/verified-model.ts'

/** What figures were taken on, and of what. */
export interface Machine {
  readonly cpu: string
  /** that the benchmark may use */
  readonly cores: number
  readonly node: string
  readonly model: string
}

export function describeMachine({ manifest, sha256 }: DescribedModel): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    model: `${manifest.name} ${manifest.version} (${sha256.slice(0, 12)})`
  }
}

export function formatMachine({ cpu, cores, node, model }: Machine): string {
  return `${cpu}, ${cores} cores; Node ${node}; model ${model}`
}
