import type { Answer, Failure } from './ask.ts'

/** What there is to show for the text as it stands. */
export type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'asking' }
  | Answer
  /** `retryIn` seconds it is asked again, unless the failure would only repeat itself */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly retryIn: number | undefined }

export interface Live {
  /** The text is another one now: asks for it when it has stood for `pause` milliseconds. */
  change(text: string, pause?: number): void
  /** Asks again, at once. */
  again(): void
}

/** Milliseconds without a keystroke after which the text is sent. */
const TYPING_PAUSE = 250
/** Seconds between attempts while the service does not say when to come back: doubled each time, up to a limit. */
const FIRST_RETRY = 1
const LONGEST_RETRY = 15

/**
 * Keeps the answer up to date with a text that changes. Only the newest request counts: an older one is aborted, and
 * its answer is never shown.
 */
export function createLive(
  ask: (text: string, signal: AbortSignal) => Promise<Answer | Failure>,
  show: (state: State) => void
): Live {
  let text = ''
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let controller = new AbortController()

  function stop(): void {
    clearTimeout(timer)
    controller.abort()
  }

  async function run(): Promise<void> {
    stop()
    controller = new AbortController()
    const { signal } = controller
    show({ kind: 'asking' })
    try {
      const outcome = await ask(text, signal)
      if (signal.aborted) return
      if (outcome.kind === 'answer') {
        attempts = 0
        return show(outcome)
      }
      const retryIn = outcome.passes
        ? Math.max(FIRST_RETRY, outcome.retryAfter ?? backOff(attempts++))
        : undefined
      if (retryIn !== undefined) timer = setTimeout(run, retryIn * 1000)
      show({ kind: 'failed', failure: outcome, retryIn })
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  return {
    change(next, pause = TYPING_PAUSE) {
      stop()
      text = next
      attempts = 0
      if (text === '') show({ kind: 'empty' })
      else timer = setTimeout(run, pause)
    },
    again() {
      void run()
    }
  }
}

function backOff(attempts: number): number {
  return Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** attempts)
}
