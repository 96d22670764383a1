/** How long an answer took, in milliseconds. */
export interface Timing {
  /** from the request to the last byte of the answer, as the browser sees it */
  readonly roundTrip: number
  /** the stages that the service names, in its order */
  readonly stages: readonly Stage[]
}

interface Stage {
  readonly name: string
  readonly milliseconds: number
}

/** Reads a Server-Timing header; a metric without a duration is left out. */
export function parseServerTiming(header: string | null): Stage[] {
  return (header ?? '').split(',').flatMap(metric => {
    const [name, ...parameters] = metric.split(';').map(part => part.trim())
    const duration = parameters.find(parameter => /^dur=/i.test(parameter))?.slice('dur='.length)
    const milliseconds = Number(duration?.replaceAll('"', '') || Number.NaN)
    return name && Number.isFinite(milliseconds) ? [{ name, milliseconds }] : []
  })
}

/** Milliseconds to three digits at most, with the unit. */
export function formatMilliseconds(milliseconds: number): string {
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds).toLocaleString('en')} ms`
}
