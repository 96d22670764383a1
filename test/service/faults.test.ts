import { expect, test } from 'vitest'
import { note } from '../helpers/notes.ts'
import { startService, until } from '../helpers/service.ts'

test('killing worker processes while requests run loses none and mixes up none', async () => {
  const service = await startService()
  const total = 400
  let answered = 0
  const ask = async (i: number): Promise<void> => {
    const text = `Patient ${i}. ${note}`
    const response = await service.ner(text)
    const { entities } = (await response.json()) as {
      entities: { start: number; end: number; text: string }[]
    }
    expect(response.status).toBe(200)
    for (const { start, end, text: span } of entities) expect(text.slice(start, end)).toBe(span)
    answered++
  }
  // eight callers; a worker is killed each time another tenth is answered
  const queue = Array.from({ length: total }, (_, i) => i)
  const callers = Array.from({ length: 8 }, async () => {
    for (let i = queue.shift(); i !== undefined; i = queue.shift()) await ask(i)
  })
  const killed: number[] = []
  for (let tenth = 1; tenth < 10; tenth++) {
    await until(() => answered >= (tenth * total) / 10 && service.workers().length > 0)
    const [pid] = service.workers()
    process.kill(pid, 'SIGKILL')
    killed.push(pid)
  }
  await Promise.all(callers)
  expect(answered).toBe(total)
  expect(new Set(killed).size).toBe(9)
  await until(async () => (await fetch(`${service.url}/readyz`)).ok)
})

test('is not ready while a worker is being replaced, and ready again by itself', async () => {
  const service = await startService()
  const [first] = service.workers()
  process.kill(first, 'SIGKILL')
  await until(async () => (await fetch(`${service.url}/readyz`)).status === 503)
  expect((await fetch(`${service.url}/livez`)).status).toBe(200)
  await until(async () => (await fetch(`${service.url}/readyz`)).status === 200)
  expect(service.workers()).not.toContain(first)
  expect(service.workers()).toHaveLength(2)
})

test('a worker does not outlive the service', async () => {
  const service = await startService()
  const workers = service.workers()
  expect(workers).toHaveLength(2)
  service.process.kill('SIGKILL')
  await service.exited
  await until(() =>
    workers.every(pid => {
      try {
        process.kill(pid, 0)
        return false
      } catch {
        return true
      }
    })
  )
})
