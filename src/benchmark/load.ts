/** What a load found: times in milliseconds, one an answered request. */
export interface LoadResult {
  readonly answered: number
  /** refused with 503, by status otherwise */
  readonly refused: number
  readonly seconds: number
  readonly latencies: readonly number[]
}

export type Send = (index: number) => Promise<'answered' | 'refused'>

interface LoadOptions {
  readonly count: number
  readonly send: Send
  readonly onProgress?: (done: number) => void
}

/** Keeps `callers` requests under way until all are answered: how much there is to get, not how long one waits. */
export async function saturate(
  { count, send, onProgress }: LoadOptions,
  callers: number
): Promise<LoadResult> {
  return measure(count, send, onProgress, async ask => {
    let next = 0
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (next < count) await ask(next++, performance.now())
      })
    )
  })
}

/**
 * Sends `rate` requests a second whatever the answers do (open loop), at times drawn at random (Poisson), and counts
 * each latency from the time the request was due: a closed loop would wait with a slow server and not see it.
 */
export async function arrive(
  { count, send, onProgress }: LoadOptions,
  rate: number,
  random: () => number
): Promise<LoadResult> {
  return measure(count, send, onProgress, async ask => {
    const pending: Promise<void>[] = []
    const start = performance.now()
    for (const [i, offset] of poissonArrivals(count, rate, random).entries()) {
      const due = start + offset
      const wait = due - performance.now()
      if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
      pending.push(ask(i, due))
    }
    await Promise.all(pending)
  })
}

/** Times of arrivals in milliseconds from the start, `rate` a second on average, independent of each other. */
export function poissonArrivals(count: number, rate: number, random: () => number): number[] {
  let due = 0
  return Array.from({ length: count }, () => {
    due += (-Math.log(1 - random()) / rate) * 1000
    return due
  })
}

async function measure(
  count: number,
  send: Send,
  onProgress: ((done: number) => void) | undefined,
  run: (ask: (index: number, due: number) => Promise<void>) => Promise<void>
): Promise<LoadResult> {
  const latencies: number[] = []
  let refused = 0
  let done = 0
  const start = performance.now()
  await run(async (index, due) => {
    if ((await send(index)) === 'answered') latencies.push(performance.now() - due)
    else refused++
    done++
    onProgress?.(done)
  })
  if (done !== count) throw new Error('Requests and answers do not add up. This is a bug.')
  return { answered: latencies.length, refused, seconds: (performance.now() - start) / 1000, latencies }
}

/** The value below which the share `quantile` of the values lies (nearest rank). */
export function percentile(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? Number.NaN
}
