import { spawn } from 'node:child_process'
import { setPriority } from 'node:os'

/**
 * Not more than this, or a busy neighbour of ordinary priority would leave the workers next to nothing.
 */
const NICENESS = 5

/**
 * Lets what answers and refuses requests go before this process, which computes, where both share the processors: a
 * lower priority, and on Linux the policy SCHED_BATCH. Without that a worker that wakes may take the processor of the
 * service from it, for the 3 ms of a time slice while another stands idle. Node cannot set a policy, so that chrt of
 * util-linux does; where there is none, things are as they were.
 */
export function moveToBackground(): void {
  setPriority(NICENESS)
  if (process.platform !== 'linux') return
  try {
    // It needs no setting of the service.
    const options = { stdio: 'ignore', env: {} } as const
    spawn('chrt', ['--batch', '--all-tasks', '--pid', '0', String(process.pid)], options)
      .on('error', () => {})
      .unref()
  } catch {
    // Some faults are thrown: a system that lets nothing be started, for one.
  }
}
