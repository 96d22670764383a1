import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startService, until } from '../helpers/service.ts'

/** SCHED_BATCH, as field 41 of /proc/<pid>/stat says it. */
const BATCH = 3

/** Of each thread of a process. */
function policies(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap(thread => {
    try {
      // The second field, the name, may hold spaces; what follows it begins with the third.
      const fields = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ').at(-1) ?? ''
      return [Number(fields.split(' ')[41 - 3])]
    } catch {
      // It has ended.
      return []
    }
  })
}

const hasChrt = spawnSync('chrt', ['--all-tasks', '--pid', String(process.pid)]).status === 0

test.skipIf(!hasChrt)('workers give way to the service: every thread of theirs is batch work', async () => {
  const service = await startService()
  await until(() => service.workers().every(pid => policies(pid).every(policy => policy === BATCH)))
  expect(service.workers().length).toBeGreaterThan(0)
  expect(policies(service.process.pid ?? 0)).not.toContain(BATCH)
})
