import type { Entity } from '../src/schemas/entity.ts'
import { checkBodies, checkSame } from './answers.ts'
import type { Bare } from './processes/bare.ts'
import type { Client } from './processes/client.ts'
import type { Echo } from './processes/echo.ts'
import type { Dispatch, EngineFunctions } from './processes/engine.ts'
import type { Hog } from './processes/hog.ts'
import type { Refuser } from './processes/refuser.ts'
import { type Functions, RemoteProcess } from './processes/remote.ts'
import { Service } from './service.ts'

export interface StageOptions {
  readonly modelFolder: string
  /** tokens that a row of the model joins sentences up to */
  readonly rowTokens: number
  /** only to see that everything runs: few and short samples */
  readonly quick: boolean
  readonly showProgress: (text: string) => void
}

/** Texts of a dispatch when entities are collected for a check. */
const CHECKED_AT_ONCE = 16

/** Starts what a question needs, each in a process of its own with its answers checked, and ends all of it. */
export class Stage {
  readonly #options: StageOptions
  readonly #started: { stop(): Promise<void> }[] = []

  constructor(options: StageOptions) {
    this.#options = options
  }

  get rowTokens(): number {
    return this.#options.rowTokens
  }

  /** How many samples to take where `count` are wanted. */
  samples(count: number): number {
    return this.#options.quick ? Math.min(2, count) : count
  }

  /** How long to measure, or how much to send, where `amount` is wanted. */
  amount(amount: number): number {
    return this.#options.quick ? amount / 10 : amount
  }

  progress(text: string): void {
    this.#options.showProgress(text)
  }

  async service(workers: number): Promise<Service> {
    this.progress(`starting the service with ${workers} workers`)
    return this.#keep(await Service.start(workers, this.#options.modelFolder))
  }

  /** An engine that has passed the golden note of the model. */
  async engine(): Promise<RemoteProcess<EngineFunctions>> {
    const engine = this.#process<EngineFunctions>('engine')
    await engine.call('open', this.#options.modelFolder)
    return engine
  }

  /** An engine that finds in each text of some dispatches what it finds in the text alone. */
  async checkedEngine(dispatches: readonly Dispatch[]): Promise<RemoteProcess<EngineFunctions>> {
    const engine = await this.engine()
    for (const texts of dispatches) {
      const alone: Entity[][] = []
      for (const text of texts) alone.push(...(await engine.call('recognize', [text])))
      checkSame(await engine.call('recognize', texts), alone, 'The engine')
    }
    return engine
  }

  /** What the engine finds in each text. */
  async entitiesOf(texts: Dispatch): Promise<Entity[][]> {
    const engine = await this.engine()
    const found: Entity[][] = []
    for (let first = 0; first < texts.length; first += CHECKED_AT_ONCE) {
      this.progress(`checking answers: ${first} of ${texts.length}`)
      found.push(...(await engine.call('recognize', texts.slice(first, first + CHECKED_AT_ONCE))))
    }
    await engine.stop()
    return found
  }

  /**
   * A client that has sent each text once and got what the engine finds in it; it accepts no other answer to them.
   * @throws Error that says which text was answered wrongly
   */
  async client({ url }: Service, texts: Dispatch): Promise<RemoteProcess<Client>> {
    const expected = await this.entitiesOf(texts)
    const client = this.#process<Client>('client')
    checkBodies(await client.call('open', url, texts), expected)
    return client
  }

  /** A neighbour for as many cores; ended with the stage, or before. */
  hogs(count: number): RemoteProcess<Hog>[] {
    return Array.from({ length: count }, () => this.#process<Hog>('hog'))
  }

  /** A client of the bare server, which has echoed each text. */
  async echoClient(texts: Dispatch): Promise<RemoteProcess<Client>> {
    const echo = this.#process<Echo>('echo')
    const client = this.#process<Client>('client')
    const bodies = await client.call('open', await echo.call('listen'), texts)
    if (bodies.some((body, i) => body !== JSON.stringify({ text: texts[i] }))) {
      throw new Error('The bare server does not echo.')
    }
    return client
  }

  /** A client of a bare server, which refuses whatever it sends from now on. */
  async refusedClient(texts: Dispatch): Promise<RemoteProcess<Client>> {
    const refuser = this.#process<Refuser>('refuser')
    const client = this.#process<Client>('client')
    await client.call('open', await refuser.call('listen', texts.length), texts)
    return client
  }

  /** A bare session that has found, in its loop, what the engine finds in the same texts. */
  async bare(texts: Dispatch): Promise<RemoteProcess<Bare>> {
    const expected = await this.entitiesOf(texts)
    const bare = this.#process<Bare>('bare')
    const budget = await bare.call('open', this.#options.modelFolder, texts)
    this.progress(`a bare session is fastest with ${budget} cells a run`)
    const spans = expected.map(entities => entities.map(({ start, end, label }) => ({ start, end, label })))
    checkSame(await bare.call('recognize'), spans, 'The bare session')
    return bare
  }

  /** Two bare sessions with half of the texts each: what they do together, in tokens a second, when they run for so long. */
  async bothBare(texts: Dispatch): Promise<(seconds: number) => Promise<number>> {
    const loops = await Promise.all([0, 1].map(half => this.bare(texts.filter((_, i) => i % 2 === half))))
    return async seconds => {
      const [one, other] = await Promise.all(loops.map(loop => loop.call('run', seconds)))
      return one + other
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map(one => one.stop()))
  }

  #process<Offered extends Functions>(name: string): RemoteProcess<Offered> {
    return this.#keep(new RemoteProcess<Offered>(new URL(`./processes/${name}.js`, import.meta.url)))
  }

  #keep<Started extends { stop(): Promise<void> }>(started: Started): Started {
    this.#started.push(started)
    return started
  }
}
