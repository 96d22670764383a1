import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { note } from '../helpers/notes.ts'
import { startService, until } from '../helpers/service.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('of OpenTelemetry there is its interface alone, to be loaded', () => {
  const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8'))
  const installed = Object.keys(packages).filter(name => /opentelemetry/.test(name))
  expect(installed).toEqual(['node_modules/@opentelemetry/api'])
})

test('without an SDK nothing is sent, though the environment says where to', async () => {
  let connections = 0
  const collector = createServer(socket => {
    connections++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void collector.close())
  await once(collector, 'listening')
  const { port } = collector.address() as AddressInfo
  const service = await startService({
    NER_WORKERS: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_BSP_SCHEDULE_DELAY: '1'
  })
  for (let i = 0; i < 20; i++) expect((await service.ner(note)).status).toBe(200)
  service.process.kill('SIGTERM')
  expect(await service.exited).toEqual({ code: 0, signal: null })
  expect(connections).toBe(0)
})

test('with an SDK, loaded on the command line, a line of the log names the span of its request', async () => {
  const sdk = fileURLToPath(new URL('../fixtures/tracing.mjs', import.meta.url))
  const service = await startService({ NER_WORKERS: '1' }, undefined, [process.execPath, '--import', sdk])
  expect((await service.ner(note)).status).toBe(200)
  await until(() => ['"route":"/ner"', '"name":"POST"'].every(part => service.output().includes(part)))
  const lines = service.output().split('\n')
  const { trace_id, span_id } = JSON.parse(lines.find(line => line.includes('"route":"/ner"')) ?? '')
  const spans = lines.filter(line => line.startsWith('span ')).map(line => JSON.parse(line.slice(5)))
  const span = spans.find(({ ids }) => ids.spanId === span_id)
  expect(span).toMatchObject({ name: 'POST', ids: { traceId: trace_id } })
})
