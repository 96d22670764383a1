import { type ChildProcess, fork } from 'node:child_process'

/** What a process offers: functions of plain data. */
export type Functions = Readonly<Record<string, (...args: never[]) => unknown>>

interface Call {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string })

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
  readonly timer: NodeJS.Timeout
}

/** No call takes longer: a question is to be answered in a minute. */
const CALL_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 10_000

/** A helper in a process of its own, so that what it does is not measured as something else's. */
export class RemoteProcess<Offered extends Functions> {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #pending = new Map<number, Pending>()
  #calls = 0

  constructor(entry: URL) {
    this.#child = fork(entry, { serialization: 'advanced', execArgv: [] })
    this.#child.on('message', message => this.#receive(message as Reply))
    this.#ended = new Promise(resolve => this.#child.once('exit', () => resolve()))
    void this.#ended.then(() => {
      for (const { reject, timer } of this.#pending.values()) {
        clearTimeout(timer)
        reject(new Error('A helper of the benchmark ended.'))
      }
    })
  }

  /** @throws Error with the message of the one that was thrown there */
  call<Name extends keyof Offered & string>(
    name: Name,
    ...args: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>> {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new Error(`${name} took longer than ${CALL_TIMEOUT_MS / 1000} s.`))
      }, CALL_TIMEOUT_MS)
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject, timer })
      this.#child.send({ id, name, args } satisfies Call)
    })
  }

  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    if (this.#child.connected) this.#child.disconnect()
    await this.#ended
    clearTimeout(timer)
  }

  #receive(reply: Reply): void {
    const pending = this.#pending.get(reply.id)
    if (!pending) return
    this.#pending.delete(reply.id)
    clearTimeout(pending.timer)
    if ('error' in reply) pending.reject(new Error(reply.error))
    else pending.resolve(reply.result)
  }
}

/** The other side: answers the calls of the process that started this one, and ends with it. */
export function offer(functions: Functions): void {
  const answer = async ({ id, name, args }: Call): Promise<Reply> => {
    try {
      return { id, result: await functions[name](...(args as never[])) }
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : 'unknown fault' }
    }
  }
  process.on('message', async call => {
    const reply = await answer(call as Call)
    process.send?.(reply)
  })
  process.on('disconnect', () => process.exit(0))
}
