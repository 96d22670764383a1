import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { soak } from '../../bench/soak/soak.ts'
import { judge } from '../../bench/soak/verdict.ts'
import { modelFolder } from '../helpers/model-folder.ts'

/** Less than a leak of 20 kB a request at the slowest; a service that leaks nothing grows by less than one. */
const limits = { growth: 15, files: 0, threads: 0 }

/** A soak of so many seconds; the modules are loaded into each process of the service. */
async function verdictOf(seconds: number, modules: readonly string[]) {
  const imports = modules.map(
    name => `--import ${fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))}`
  )
  const { readings, counts, wrong } = await soak({
    modelFolder,
    workers: 1,
    seconds,
    interval: 2,
    load: 0.8,
    seed: 1,
    environment: { NODE_OPTIONS: imports.join(' ') },
    settle: async pids => {
      for (const pid of pids) process.kill(pid, 'SIGWINCH')
      await sleep(200)
    },
    progress: () => {}
  })
  // Until every shape of batch has come once, the arena of the network grows in the workers.
  const warm = readings.slice(Math.floor(readings.length / 2))
  return { ...judge(warm, limits), counts, readings, wrong }
}

test('under mixed load the service keeps neither memory nor files nor threads', async () => {
  const { faults, counts, readings, wrong } = await verdictOf(44, ['collect.mjs'])
  expect([faults, wrong]).toEqual([[], []])
  expect(readings.length).toBeGreaterThan(5)
  expect([...counts.keys()]).toContain('note: answered')
})

test('a service that does is found out', async () => {
  const { faults } = await verdictOf(14, ['collect.mjs', 'leak.mjs'])
  expect(faults).toEqual([
    expect.stringMatching(/^main process: memory grows/),
    expect.stringMatching(/^main process: file descriptors/),
    expect.stringMatching(/^workers: memory grows/)
  ])
})
