/** Milliseconds of the machine's clock: the same for every thread, unlike `performance.now()`. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
