import type { Finding } from './finding.ts'
import type { Stage } from './stage.ts'

/** A question about speed or size, answered by an experiment. */
export interface Question {
  readonly name: string
  /** the question in one line */
  readonly asks: string
  /** @throws Error when an answer of the service is wrong: what is wrong is not timed */
  run(stage: Stage): Promise<readonly Finding[]>
}
