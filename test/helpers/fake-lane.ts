import { type Lane, LaneLost } from '../../src/batching/batcher.ts'

/** A call that a lane was given, open until the test ends it. */
export interface Call<Request> {
  readonly lane: FakeLane<Request>
  readonly requests: readonly Request[]
  readonly open: boolean
  answer(): void
  /** the lane lives on */
  fail(error: Error): void
  /** the lane ends before it answers */
  lose(): void
}

/** A lane whose calls end when the test says so; it answers each request with `answer to REQUEST`. */
export class FakeLane<Request> implements Lane<Request, string[]> {
  readonly calls: Call<Request>[] = []
  kills = 0

  get busy(): boolean {
    return this.calls.some(({ open }) => open)
  }

  /** The first call under way. */
  get call(): Call<Request> {
    const call = this.calls.find(({ open }) => open)
    if (!call) throw new Error('The lane is idle.')
    return call
  }

  /** What the lane was ever given. */
  get given(): (readonly Request[])[] {
    return this.calls.map(({ requests }) => requests)
  }

  run(requests: readonly Request[]): Promise<string[]> {
    return new Promise((resolve, reject) => {
      let open = true
      const end = (how: () => void) => () => {
        open = false
        how()
      }
      this.calls.push({
        lane: this,
        requests,
        get open() {
          return open
        },
        answer: end(() => resolve(requests.map(answerTo))),
        lose: end(() => reject(new LaneLost())),
        fail: error => end(() => reject(error))()
      })
    })
  }

  kill(): void {
    this.kills++
    for (const call of this.calls.filter(({ open }) => open)) call.lose()
  }
}

export function answerTo(request: unknown): string {
  return `answer to ${request}`
}
