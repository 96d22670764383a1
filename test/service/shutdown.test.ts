import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { note } from '../helpers/notes.ts'
import { childrenOf, startService, until } from '../helpers/service.ts'

const entry = fileURLToPath(new URL('../../dist/server.js', import.meta.url))

describe('SIGTERM', () => {
  test('makes the service not ready at once, answers what was accepted, and ends with 0', async () => {
    const service = await startService({ NER_DRAIN_DELAY_MS: '500' })
    const accepted = Array.from({ length: 60 }, (_, i) => service.ner(`${i} ${note.repeat(5)}`))
    await until(() => service.output().includes('"msg":"request"'))
    service.process.kill('SIGTERM')
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503)
    expect((await fetch(`${service.url}/livez`)).status).toBe(200)
    const statuses = (await Promise.all(accepted)).map(({ status }) => status)
    expect(statuses).toEqual(accepted.map(() => 200))
    expect(await service.exited).toEqual({ code: 0, signal: null })
    await expect(fetch(service.url)).rejects.toThrow()
  })

  test('ends an idle service with 0, and its workers with it', async () => {
    const service = await startService()
    const workers = service.workers()
    service.process.kill('SIGTERM')
    expect(await service.exited).toEqual({ code: 0, signal: null })
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow()
  })

  test('ends it with 0 while it is still loading', async () => {
    const child = spawn(process.execPath, [entry], {
      env: { PATH: process.env.PATH, PORT: '0' },
      stdio: 'ignore'
    })
    const exited = new Promise(resolve => child.once('exit', (code, signal) => resolve({ code, signal })))
    // Workers are started before the app is built.
    await until(() => childrenOf(child.pid ?? 0).length > 0)
    child.kill('SIGTERM')
    expect(await exited).toEqual({ code: 0, signal: null })
  })

  test('a second one ends it at once', async () => {
    const service = await startService({ NER_DRAIN_DELAY_MS: '60000' })
    service.process.kill('SIGTERM')
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503)
    service.process.kill('SIGTERM')
    expect((await service.exited).code).toBe(1)
  })
})

describe('a drain', () => {
  test('refuses nothing and ends with 0 while callers go on, on connections that they keep', async () => {
    const service = await startService({ NER_DRAIN_DELAY_MS: '1500' })
    const outcomes: (number | string)[] = []
    let drained = 0
    const callers = Array.from({ length: 6 }, async () => {
      for (let gone = false; !gone; ) {
        const { status, connection } = await service.ner(note).then(
          async response => {
            await response.text()
            return { status: response.status, connection: response.headers.get('connection') }
          },
          () => ({ status: 'gone', connection: null })
        )
        gone = status === 'gone'
        if (!gone) outcomes.push(status)
        if (connection === 'close') drained++
        // Told that the service is not ready, callers go elsewhere before it stops listening.
        if (drained > 20) gone = true
      }
    })
    await until(() => outcomes.length > 10)
    service.process.kill('SIGTERM')
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503)
    await Promise.all(callers)
    expect(drained).toBeGreaterThan(20)
    expect(outcomes.filter(outcome => outcome !== 200)).toEqual([])
    expect(await service.exited).toEqual({ code: 0, signal: null })
  })

  test('that would take longer than it may ends in time, and says so by its code', async () => {
    const service = await startService({ NER_WORKERS: '1', NER_DRAIN_TIMEOUT_MS: '500' })
    const [worker] = service.workers()
    process.kill(worker, 'SIGSTOP')
    // The second waits behind the first, which the worker holds.
    const answers = [service.ner(note), service.ner(note)].map(answer => answer.catch(() => undefined))
    await until(async () =>
      /^ner_queue_depth [1-9]/m.test(await (await fetch(`${service.url}/metrics`)).text())
    )
    service.process.kill('SIGTERM')
    expect(await service.exited).toEqual({ code: 1, signal: null })
    process.kill(worker, 'SIGKILL')
    await Promise.all(answers)
  })
})

/** Runs a command as process 1 of a namespace of its own, which not every system allows. */
const AS_FIRST = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--']
const canBeFirst = spawnSync(AS_FIRST[0], [...AS_FIRST.slice(1), 'true']).status === 0

describe.skipIf(!canBeFirst)('as process 1 of a container', () => {
  /** The process that is 1 there, and the end of the namespace, whose code is that of process 1. */
  async function startFirst(environment: Record<string, string> = {}) {
    const service = await startService(environment, undefined, [...AS_FIRST, process.execPath])
    const [first] = childrenOf(service.process.pid ?? 0)
    return { service, first }
  }

  test('SIGTERM drains it and ends it with 0, and its workers with it', async () => {
    const { service, first } = await startFirst({ NER_DRAIN_DELAY_MS: '300' })
    const workers = childrenOf(first)
    expect(workers).toHaveLength(2)
    const accepted = Array.from({ length: 20 }, (_, i) => service.ner(`${i} ${note}`))
    await until(() => service.output().includes('"msg":"request"'))
    process.kill(first, 'SIGTERM')
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503)
    const statuses = (await Promise.all(accepted)).map(({ status }) => status)
    expect(statuses).toEqual(accepted.map(() => 200))
    expect(await service.exited).toEqual({ code: 0, signal: null })
    for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow()
  })

  test('a second SIGTERM ends it at once', async () => {
    const { service, first } = await startFirst({ NER_DRAIN_DELAY_MS: '60000' })
    process.kill(first, 'SIGTERM')
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503)
    process.kill(first, 'SIGTERM')
    expect((await service.exited).code).toBe(1)
  })
})

describe('a start that cannot succeed', () => {
  const start = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [entry], {
      env: { PATH: process.env.PATH, PORT: '0', ...environment },
      encoding: 'utf8'
    })

  test('lists every fault of the configuration', () => {
    const { status, stderr } = start({ PORT: 'http', NER_WORKERS: '-1', LOG_LEVEL: 'loud' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/PORT must be integer/)
    expect(stderr).toMatch(/NER_WORKERS must be >= 0/)
    expect(stderr).toMatch(/LOG_LEVEL must be equal to one of the allowed values: fatal, error/)
  })

  test('names a model folder that is not one', () => {
    const { status, stderr } = start({ NER_MODEL_DIR: '/nowhere' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/manifest\.json/)
  })
})
