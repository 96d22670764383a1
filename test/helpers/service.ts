import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const entry = fileURLToPath(new URL('../../dist/server.js', import.meta.url))

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The real service in a process of its own. */
export interface Service {
  readonly process: ChildProcess
  readonly url: string
  readonly exited: Promise<Exit>
  /** everything it wrote */
  output(): string
  workers(): number[]
  ner(text: string, options?: object): Promise<Response>
}

/**
 * Starts the built service on a free port, waits until it is ready, and ends it with the test.
 * @param isReady asks whether it is, where plain fetch cannot
 * @param command what runs the entry, the last of it Node
 */
export async function startService(
  environment: Record<string, string> = {},
  isReady = async (url: string): Promise<boolean> => (await fetch(`${url}/readyz`)).ok,
  [program, ...args]: readonly string[] = [process.execPath]
): Promise<Service> {
  const child = spawn(program, [...args, entry], {
    // Tests that are not about refusals send many notes at once, on machines of any speed.
    env: { PATH: process.env.PATH, PORT: '0', NER_WORKERS: '2', NER_MAX_WAIT_MS: '60000', ...environment },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const exited = new Promise<Exit>(resolve => child.once('exit', (code, signal) => resolve({ code, signal })))
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => {
    output += chunk
  })
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      output += `${line}\n`
      const { msg, address } = JSON.parse(line)
      if (msg === 'started') resolve(address)
    })
    void exited.then(({ code }) => reject(new Error(`the service ended with ${code}: ${output}`)))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const service = {
    process: child,
    url,
    exited,
    output: () => output,
    workers: () => childrenOf(child.pid ?? 0),
    ner: (text: string, options?: object) =>
      fetch(`${url}/ner`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text, ...(options && { options }) })
      })
  }
  await until(() => isReady(url))
  return service
}

/** Process ids of the children of a process, from /proc. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        // "pid (name) state ppid ...": the name may hold spaces and parentheses
        const fields = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
        return Number(fields[1]) === parent && fields[0] !== 'Z'
      } catch {
        return false
      }
    })
    .map(Number)
}

/** Polls until a condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 20))
}
