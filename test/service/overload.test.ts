import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { note } from '../helpers/notes.ts'
import { type Service, startService, until } from '../helpers/service.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

test('ten times as much as can be done is answered to the last request: 200, 503 that says when to come back, or 504', async () => {
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'], { cwd: root })
  // The question fails when a request is lost, answered wrongly or with anything else, or nothing was refused.
  const { stdout } = await run(process.execPath, ['dist-bench/bench/main.js', '--quick', 'overload'], {
    cwd: root,
    timeout: 110_000
  })
  expect(stdout).toMatch(/^\| overload: goodput \|.* sent, \d+ with 200, \d+ with 503/m)
  expect(stdout).toMatch(/^\| overload beside a hog: goodput \|.* sent, \d+ with 200, \d+ with 503/m)
})

/** Answer to a request whose headers announce a body that never comes. */
async function answerToHeaders({ url }: Service, bytes: number): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  await once(socket, 'connect')
  socket.write(
    `POST /ner HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`
  )
  await until(() => answer.includes('\r\n\r\n'))
  return answer
}

test('what would be refused anyway is refused before its body has come, with a time; what was accepted is answered', async () => {
  const service = await startService({ NER_WORKERS: '1', NER_MAX_WAIT_MS: '1000' })
  const [worker] = service.workers()
  // While the worker stands still the queue fills, whatever the speed of the machine.
  process.kill(worker, 'SIGSTOP')
  const sent: Promise<Response>[] = []
  let refused = 0
  while (refused < 5) {
    const response = service.ner(note)
    sent.push(response)
    void response.then(({ status }) => {
      if (status === 503) refused++
    })
    await (await fetch(`${service.url}/livez`)).text()
  }
  const answer = await answerToHeaders(service, 2000)
  expect(answer).toMatch(/^HTTP\/1\.1 503 /)
  const seconds = Number(/\r\nretry-after: (\d+)\r\n/i.exec(answer)?.[1])
  expect(seconds).toBeGreaterThanOrEqual(1)
  // A queue of one second that is somewhat too long is short enough within two.
  expect(seconds).toBeLessThanOrEqual(2)
  expect((await fetch(`${service.url}/livez`)).status).toBe(200)
  process.kill(worker, 'SIGCONT')
  const answers = await Promise.all(sent)
  const refusals = answers.filter(({ status }) => status === 503)
  expect(answers.filter(({ status }) => status === 200).length).toBe(answers.length - refusals.length)
  for (const refusal of refusals) expect(refusal.headers.get('retry-after')).toMatch(/^[12]$/)
  expect((await service.ner(note)).status).toBe(200)
  // The log tells how much was read of what was refused: nothing.
  const linesOf = (): { bytes: number }[] =>
    service
      .output()
      .split('\n')
      .filter(line => line.includes('"code":"overloaded"'))
      .map(line => JSON.parse(line))
  await until(() => linesOf().length > refusals.length)
  const lines = linesOf()
  expect(lines.length).toBe(refusals.length + 1)
  expect(lines.map(({ bytes }) => bytes)).toEqual(lines.map(() => 0))
})
