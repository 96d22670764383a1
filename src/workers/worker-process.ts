import { type ChildProcess, fork } from 'node:child_process'
import type { Analysis, TextRequest } from '../analysis.ts'
import type { ErrorFacts } from '../error-facts.ts'
import type { DescribedModel } from '../model/verified-model.ts'
import { fromColumns } from './columns.ts'
import type { WorkerRequest, WorkerResponse } from './messages.ts'
import { residentMemory } from './resident-memory.ts'

/** The process ended before it answered. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost'
}

/** The worker answered that it could not analyze the texts. */
export class AnalysisFailed extends Error {
  override readonly name = 'AnalysisFailed'
  readonly worker: ErrorFacts

  constructor(worker: ErrorFacts) {
    super('The worker could not analyze the texts')
    this.worker = worker
  }
}

/** How a process ended: `reason` tells why it refused to serve, when it said so. */
export interface WorkerExit {
  readonly reason: string | undefined
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * What a worker makes does not live long. By V8's default, of 16 MB, the space for it would grow by 30 MB a worker, and
 * nothing would be faster: these two fit a processor's cache.
 */
const YOUNG_SPACE = '--max-semi-space-size=2'

interface Pending {
  resolve(analysis: Analysis): void
  reject(error: Error): void
}

export interface WorkerEvents {
  onReady(): void
  onExit(exit: WorkerExit): void
}

/** One child process with a model. It works in turns on the calls that it is given, run by run of the network. */
export class WorkerProcess {
  readonly #child: ChildProcess
  /** by the number of the call */
  readonly #pending = new Map<number, Pending>()
  #calls = 0
  #answered = false
  #refusal: string | undefined

  constructor(entry: URL, modelFolder: string, model: DescribedModel, events: WorkerEvents) {
    this.#child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [YOUNG_SPACE] })
    this.#child.on('message', (message: WorkerResponse) => this.#receive(message, events))
    let over = false
    const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
      if (over) return
      over = true
      for (const { reject } of this.#pending.values()) reject(new WorkerLost('The worker process ended'))
      this.#pending.clear()
      events.onExit({ reason: this.#refusal, code, signal })
    }
    this.#child.once('exit', gone)
    // A process that could not be started never exits; one that was is ended.
    this.#child.on('error', () => (this.#child.pid === undefined ? gone(null, null) : this.kill()))
    this.#send({ kind: 'initialize', modelFolder, model })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Whether it has done any work. */
  get answered(): boolean {
    return this.#answered
  }

  /** Bytes of physical memory. */
  get memory(): number | undefined {
    return this.pid === undefined ? undefined : residentMemory(this.pid)
  }

  /** @throws WorkerLost, AnalysisFailed */
  analyze(texts: readonly TextRequest[]): Promise<Analysis> {
    const id = ++this.#calls
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#send({ kind: 'analyze', id, texts })
    })
  }

  /** Lets an idle process end. */
  stop(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  /** Ends the process at once. Safe for a process; a thread could not be ended inside the network. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** A failed send means that the process is going; its exit settles the call. */
  #send(message: WorkerRequest): void {
    this.#child.send(message, () => {})
  }

  #receive(message: WorkerResponse, events: WorkerEvents): void {
    switch (message.kind) {
      case 'ready':
        events.onReady()
        return
      case 'refused':
        this.#refusal = message.reason
        return
      case 'analyzed':
      case 'failed': {
        const pending = this.#pending.get(message.id)
        if (!pending) {
          // Never give one caller another's answer.
          this.kill()
          return
        }
        this.#pending.delete(message.id)
        this.#answered = true
        if (message.kind === 'analyzed')
          pending.resolve({ texts: fromColumns(message.found), work: message.work })
        else pending.reject(new AnalysisFailed(message.error))
        return
      }
      default:
        message satisfies never
    }
  }
}
