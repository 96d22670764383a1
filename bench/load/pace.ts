import { Worker } from 'node:worker_threads'
import { now } from './clock.ts'

/** Time for the thread to start before the first moment is due. */
const LEAD_MS = 200

/**
 * Calls `onDue` at each of the times, which count in milliseconds from a start shortly after the call. A thread waits
 * for them: timers of the event loop know whole milliseconds only, and would send up to one too early.
 * @param onDue is given the number of the moment and when it was due, on the clock of `now`
 * @param onStart is given the start, on the same clock, before the first moment
 */
export async function pace(
  times: readonly number[],
  onDue: (index: number, due: number) => void,
  onStart?: (start: number) => void
): Promise<void> {
  const start = now() + LEAD_MS
  onStart?.(start)
  const moments = times.map(time => start + time)
  const thread = new Worker(new URL('./pacer.js', import.meta.url), { workerData: moments })
  await new Promise<void>((resolve, reject) => {
    thread.on('error', reject)
    thread.on('message', (index: number) => {
      onDue(index, moments[index])
      if (index === moments.length - 1) resolve()
    })
  })
  await thread.terminate()
}
