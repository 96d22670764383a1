import type { Totals } from './totals.ts'

/** Seconds of which the rate is that of a run that has just begun. */
const WARM_UP = 2

/**
 * A line that says how far a run is.
 * @param done documents of this run alone, without those before an interruption
 * @param seconds since this run began
 * @param fraction how much of the input was read when it began and is now, where its size is known
 */
export function describeProgress(
  { documents, entities, failed }: Totals,
  done: number,
  seconds: number,
  fraction: { readonly began: number; readonly now: number } | undefined
): string {
  const rate = done / seconds
  const parts = [`${count(documents)} documents`, `${count(entities)} entities`]
  if (failed > 0) parts.push(`${count(failed)} failed`)
  if (done > 0) parts.push(`${rate >= 10 ? count(Math.round(rate)) : rate.toFixed(1)} documents/s`)
  if (fraction) {
    const { began, now } = fraction
    parts.unshift(`${Math.floor(now * 100)} %`)
    if (now > began && seconds > WARM_UP) {
      parts.push(`${duration(((1 - now) / (now - began)) * seconds)} left`)
    }
  }
  return parts.join(', ')
}

function count(value: number): string {
  return value.toLocaleString('en')
}

/** Hours, minutes and seconds. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}
