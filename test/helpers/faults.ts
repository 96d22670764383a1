const preload = new URL('../fixtures/workers/faults.mjs', import.meta.url)

/** Environment of a service whose workers have faults that a test can cause; their heap is small, to be full soon. */
export const withFaults = { NODE_OPTIONS: `--import=${preload} --max-old-space-size=128` }

/** A text with this ends the worker that gets it. */
export const poison = 'ENDS THE WORKER'

/** Ways for a worker to end: by the system, by itself, by an error, and out of memory; the signals that cause them. */
export const ends = ['SIGKILL', 'SIGUSR2', 'SIGHUP', 'SIGWINCH'] as const
