import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { familyOf, type Memory, memoryOf } from './proc.ts'
import { root } from './root.ts'

const entry = `${root}/dist/server.js`

const READY_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
const POLL_MS = 5

/** The service as it is shipped, in processes of its own, with its log going nowhere. */
export class Service {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  readonly base: string
  /** milliseconds from its start until it was ready */
  readonly readyAfter: number

  private constructor(child: ChildProcess, exited: Promise<unknown>, base: string, readyAfter: number) {
    this.#child = child
    this.#exited = exited
    this.base = base
    this.readyAfter = readyAfter
  }

  /**
   * Starts it on a free port and waits until it is ready.
   * @param environment variables besides
   * @param log descriptor of a file for what it writes
   */
  static async start(
    workers: number,
    modelFolder: string,
    environment: Readonly<Record<string, string>> = {},
    log?: number
  ): Promise<Service> {
    const port = await freePort()
    const start = performance.now()
    const child = spawn(process.execPath, [entry], {
      env: { PORT: String(port), NER_WORKERS: String(workers), NER_MODEL_DIR: modelFolder, ...environment },
      stdio: ['ignore', log ?? 'ignore', log ?? 'inherit']
    })
    const end = (): void => void child.kill('SIGTERM')
    process.once('exit', end)
    const exited = once(child, 'exit').finally(() => process.off('exit', end))
    const base = `http://127.0.0.1:${port}`
    while (!(await isReady(base))) {
      if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}.`)
      if (performance.now() - start > READY_TIMEOUT_MS) {
        child.kill('SIGKILL')
        throw new Error('The service did not become ready.')
      }
      await sleep(POLL_MS)
    }
    return new Service(child, exited, base, performance.now() - start)
  }

  get url(): string {
    return `${this.base}/ner`
  }

  /** Ids of the process and, after it, its workers. */
  get pids(): number[] {
    return familyOf(this.#child.pid as number)
  }

  /** Memory of the process and its workers. */
  memory(): Memory {
    return memoryOf(this.pids)
  }

  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    this.#child.kill('SIGTERM')
    await this.#exited
    clearTimeout(timer)
  }
}

export async function isReady(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/readyz`)).ok
  } catch {
    return false
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
