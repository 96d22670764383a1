const MINUTE_MS = 60_000
/** Part of a request that reckoning with times may lose: who comes back when told to is not refused for it. */
const ROUNDING = 1e-7

/** Where a caller stands after a request. Times are in whole seconds, rounded up. */
export interface Standing {
  /** requests a minute */
  readonly limit: number
  /** requests that would be granted at once */
  readonly remaining: number
  /** until all of the quota is there again */
  readonly reset: number
  /** until one request would be granted; only where this one was not */
  readonly retryAfter?: number
}

/**
 * A bucket for each key: it holds a minute's quota and fills steadily, so that a caller who sends evenly is never
 * refused, and one who has used it up waits for one request's share, not for the end of a minute.
 * @param now a clock in milliseconds that never goes back
 */
export function createQuotas(now: () => number = () => performance.now()) {
  const buckets = new Map<string, { tokens: number; time: number }>()
  return {
    /** Takes one request from the bucket of a key, when there is one. */
    take(id: string, limit: number): Standing {
      const time = now()
      const before = buckets.get(id) ?? { tokens: limit, time }
      let tokens = Math.min(limit, before.tokens + ((time - before.time) * limit) / MINUTE_MS)
      const granted = tokens >= 1 - ROUNDING
      if (granted) tokens--
      buckets.set(id, { tokens, time })
      const seconds = (missing: number): number => Math.ceil((missing * MINUTE_MS) / limit / 1000)
      return {
        limit,
        remaining: Math.max(0, Math.floor(tokens)),
        reset: seconds(limit - tokens),
        ...(!granted && { retryAfter: seconds(1 - tokens) })
      }
    }
  }
}
