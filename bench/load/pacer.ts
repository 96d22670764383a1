import { parentPort, workerData } from 'node:worker_threads'
import { now } from './clock.ts'

export interface Pace {
  readonly moments: readonly number[]
  /** shortest time between two messages, in milliseconds */
  readonly apart: number
}

/** Entry of the thread behind `pace`: says how many moments have come, when another one has. */
const { moments, apart } = workerData as Pace
const cell = new Int32Array(new SharedArrayBuffer(4))
let last = Number.NEGATIVE_INFINITY
for (let come = 0; come < moments.length; ) {
  const wait = Math.max(moments[come], last + apart) - now()
  if (wait > 0) Atomics.wait(cell, 0, 0, wait)
  last = now()
  while (come < moments.length && moments[come] <= last) come++
  parentPort?.postMessage(come)
}
