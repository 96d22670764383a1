import type { Question } from './question.ts'
import { flatness } from './questions/flatness.ts'
import { latency } from './questions/latency.ts'
import { longNote } from './questions/long-note.ts'
import { memory } from './questions/memory.ts'
import { neighbours } from './questions/neighbours.ts'
import { overload } from './questions/overload.ts'
import { padding } from './questions/padding.ts'
import { scaling } from './questions/scaling.ts'
import { shares } from './questions/shares.ts'
import { shortTexts } from './questions/short-texts.ts'
import { start } from './questions/start.ts'
import { tail } from './questions/tail.ts'
import { throughput } from './questions/throughput.ts'

/** In the order in which they are asked. */
export const questions: readonly Question[] = [
  throughput,
  latency,
  tail,
  scaling,
  shares,
  padding,
  longNote,
  neighbours,
  flatness,
  start,
  memory,
  shortTexts,
  overload
]
