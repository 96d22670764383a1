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
