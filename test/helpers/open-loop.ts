import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { poissonArrivals } from '../../src/benchmark/load.ts'
import { seededRandom } from '../../src/benchmark/notes.ts'

/**
 * Sends at random times, `rate` a second on average whatever the answers do (open loop), for as long as there is to be
 * more, and waits for the answers.
 * @param send must not reject
 */
export async function sendAtRate(
  rate: number,
  isMore: () => boolean,
  send: (index: number) => Promise<void>
): Promise<void> {
  const random = seededRandom(1)
  const pending: Promise<void>[] = []
  let due = performance.now()
  while (isMore()) {
    due += poissonArrivals(1, rate, random)[0]
    const wait = due - performance.now()
    await (wait > 0 ? sleep(wait) : turn())
    pending.push(send(pending.length))
  }
  await Promise.all(pending)
}
