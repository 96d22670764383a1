import { Worker } from 'node:worker_threads'
import { now } from './clock.ts'
import type { Pace } from './pacer.ts'

/** Time for the thread to start before the first moment is due. */
const LEAD_MS = 200

/**
 * Calls `onDue` at each of the times, which count in milliseconds from a start shortly after the call. A thread waits
 * for them: timers of the event loop know whole milliseconds only, and would send up to one too early.
 * @param onDue is given the number of the moment and when it was due, on the clock of `now`
 * @param onStart is given the start, on the same clock, before the first moment
 * @param apart calls come in bursts so many milliseconds apart: each burst wakes a thread, which takes from who is measured
 */
export async function pace(
  times: readonly number[],
  onDue: (index: number, due: number) => void,
  onStart?: (start: number) => void,
  apart = 0
): Promise<void> {
  const start = now() + LEAD_MS
  onStart?.(start)
  const moments = times.map(time => start + time)
  const thread = new Worker(new URL('./pacer.js', import.meta.url), {
    workerData: { moments, apart } satisfies Pace
  })
  await new Promise<void>((resolve, reject) => {
    thread.on('error', reject)
    let called = 0
    thread.on('message', (come: number) => {
      for (; called < come; called++) onDue(called, moments[called])
      if (come === moments.length) resolve()
    })
  })
  await thread.terminate()
}
