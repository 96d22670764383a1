import { setTimeout as sleep } from 'node:timers/promises'
import { poissonArrivals, saturate } from '../../src/benchmark/load.ts'
import { seededRandom } from '../../src/benchmark/notes.ts'
import { now } from './clock.ts'
import { Connection, type HttpAnswer, toRequest } from './http.ts'
import { pace } from './pace.ts'
import { Tally, type TallyFacts } from './tally.ts'

export interface Saturation {
  /** requests under way at once */
  readonly callers: number
  readonly seconds: number
}

export interface Arrivals {
  /** a second */
  readonly rate: number
  readonly count: number
  readonly seed: number
}

/** Arrivals at a steady rate for so long. */
export interface Phase {
  /** a second */
  readonly rate: number
  readonly seconds: number
}

/** Before the window of a saturation, so that neither an empty queue nor a first request is in it. */
const RAMP_MS = 300
/** Of a caller that was refused. */
const REFUSED_PAUSE_MS = 20
/** Between two bursts of a flood: what is sent late by it counts as having waited. */
const FLOOD_APART_MS = 5
/** Requests under way at once while the first answers are collected. */
const FIRST_CALLERS = 8

/**
 * Sends texts to a service and times the answers. Each answer has to be, byte for byte, the first one to the same
 * text: an answer that is wrong, refused or lost ends the measurement.
 */
export class LoadGenerator {
  readonly #url: URL
  readonly #requests: readonly Buffer[]
  readonly #expected: Buffer[]
  readonly #free: Connection[] = []

  private constructor(url: URL, texts: readonly string[]) {
    this.#url = url
    this.#requests = texts.map(text => toRequest(url, JSON.stringify({ text })))
    this.#expected = new Array(texts.length)
  }

  /** Sends each text once. */
  static async open(url: string, texts: readonly string[]): Promise<LoadGenerator> {
    const generator = new LoadGenerator(new URL(url), texts)
    await generator.repeat(texts.length, FIRST_CALLERS)
    return generator
  }

  /** Bodies of the first answers, in the order of the texts. */
  get bodies(): string[] {
    return this.#expected.map(body => body.toString('utf8'))
  }

  /** Answers a second with so many requests under way: how much there is to get, not how long one waits. */
  async saturate(saturation: Saturation): Promise<number> {
    return this.#rate(saturation, async index => {
      await this.#ask(index)
      return true
    })
  }

  /** The same of a service that may refuse: a caller that is refused sends again a moment later. */
  async saturatePatiently(saturation: Saturation): Promise<number> {
    return this.#rate(saturation, async index => {
      const { status } = await this.#send(index)
      if (status !== 200) await sleep(REFUSED_PAUSE_MS)
      return status === 200
    })
  }

  async #rate({ callers, seconds }: Saturation, ask: (index: number) => Promise<boolean>): Promise<number> {
    const start = now() + RAMP_MS
    const end = start + seconds * 1000
    let next = 0
    let answered = 0
    const call = async (): Promise<void> => {
      while (now() < end) {
        const isAnswered = await ask(next++)
        const time = now()
        if (isAnswered && time >= start && time < end) answered++
      }
    }
    await Promise.all(Array.from({ length: callers }, call))
    if (answered === 0) throw new Error(`No answer came within ${seconds} s.`)
    return answered / seconds
  }

  /** @returns answers a second over `count` requests */
  async repeat(count: number, callers: number): Promise<number> {
    const send = async (index: number): Promise<'answered'> => {
      await this.#ask(index)
      return 'answered'
    }
    return count / (await saturate({ count, send }, callers)).seconds
  }

  /** Has one request under way at any time for so long, and ends with the answer to the last. */
  async occupy(seconds: number): Promise<void> {
    const end = now() + seconds * 1000
    for (let next = 0; now() < end; next++) await this.#ask(next)
  }

  /**
   * Sends requests at random times whatever the answers do (open loop).
   * @returns milliseconds from the moment each was due to its answer
   */
  async arrive({ rate, count, seed }: Arrivals): Promise<number[]> {
    const latencies: number[] = new Array(count)
    const pending: Promise<void>[] = []
    let fault: unknown
    await pace(poissonArrivals(count, rate, seededRandom(seed)), (index, due) => {
      const answered = this.#ask(index).then(() => {
        latencies[index] = now() - due
      })
      pending.push(
        answered.catch((error: unknown) => {
          fault ??= error
        })
      )
    })
    await Promise.all(pending)
    if (fault) throw fault
    return latencies
  }

  /**
   * Sends requests at random times whatever the answers do, one phase after the other, and takes refusals for answers.
   * @returns what became of the requests that were due in each phase
   * @throws Error when an answer is wrong, or a refusal does not say when to come back
   */
  async flood(phases: readonly Phase[], seed: number): Promise<TallyFacts[]> {
    const random = seededRandom(seed)
    const due: { at: number; phase: number }[] = []
    const ends: number[] = []
    for (const [phase, { rate, seconds }] of phases.entries()) {
      const start = ends.at(-1) ?? 0
      for (const at of poissonArrivals(Math.ceil(rate * seconds), rate, random)) {
        if (at < seconds * 1000) due.push({ at: start + at, phase })
      }
      ends.push(start + seconds * 1000)
    }
    let tallies: Tally[] = []
    // Not a list of promises: a hundred thousand that live to the end keep the garbage collector busy.
    const open = new Open()
    await pace(
      due.map(({ at }) => at),
      (index, moment) => {
        const tally = tallies[due[index].phase]
        tally.sent++
        open.begin()
        this.#send(index)
          .then(
            answer => tally.answered(answer, now(), moment, this.#isExpected(index, answer)),
            () => tally.lost()
          )
          .then(() => open.end())
      },
      start => {
        tallies = ends.map(end => new Tally(start + end))
      },
      FLOOD_APART_MS
    )
    await open.none()
    return tallies.map(tally => tally.facts)
  }

  /** @returns milliseconds from the request to the answer */
  async time(index: number): Promise<number> {
    const start = now()
    await this.#ask(index)
    return now() - start
  }

  async #ask(index: number): Promise<void> {
    const at = index % this.#requests.length
    const answer = await this.#send(index)
    if (answer.status !== 200) throw new Error(`The service answered text ${at} with ${answer.status}.`)
    this.#expected[at] ??= answer.body
    if (!this.#isExpected(index, answer)) throw new Error(`The answer to text ${at} has changed.`)
  }

  async #send(index: number): Promise<HttpAnswer> {
    let connection = this.#free.pop()
    while (connection && !connection.isOpen) connection = this.#free.pop()
    connection ??= await Connection.open(this.#url)
    const answer = await connection.ask(this.#requests[index % this.#requests.length])
    this.#free.push(connection)
    return answer
  }

  #isExpected(index: number, { body }: HttpAnswer): boolean {
    return body.equals(this.#expected[index % this.#requests.length])
  }
}

/** How much is under way. */
class Open {
  #count = 0
  #whenNone: () => void = () => {}

  begin(): void {
    this.#count++
  }

  end(): void {
    if (--this.#count === 0) this.#whenNone()
  }

  /** Resolves when nothing is under way. To be called when nothing begins any more. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>(resolve => (this.#whenNone = resolve))
  }
}
