import { parentPort, workerData } from 'node:worker_threads'
import { now } from './clock.ts'

/** Entry of the thread behind `pace`: says the number of each moment when it has come. */
const cell = new Int32Array(new SharedArrayBuffer(4))
for (const [index, moment] of (workerData as readonly number[]).entries()) {
  const wait = moment - now()
  if (wait > 0) Atomics.wait(cell, 0, 0, wait)
  parentPort?.postMessage(index)
}
