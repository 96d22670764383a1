import type { NerResponse } from '../schemas/ner.ts'
import type { Problem } from '../schemas/problem.ts'
import { parseServerTiming, type Timing } from './timing.ts'

export interface Answer {
  readonly kind: 'answer'
  readonly text: string
  readonly response: NerResponse
  readonly timing: Timing
}

/** Why there is no answer, for people. */
export interface Failure {
  readonly kind: 'failure'
  readonly title: string
  readonly detail?: string
  /** to name the failure by when asking for help: its code, the id of the request */
  readonly reference?: string
  /** it will pass: the same request can be answered later */
  readonly passes: boolean
  /** seconds until then, where the service says so */
  readonly retryAfter?: number
  /** the service wants an API key, or another one */
  readonly needsKey: boolean
}

/** Statuses of states that pass, of the service or of a gateway before it. */
const passing: ReadonlySet<number> = new Set([429, 502, 503])

/**
 * The entities of a text, or why there are none.
 * @param url of POST /ner
 * @param key API key, sent as a bearer token
 * @throws DOMException AbortError, when the signal aborts
 */
export async function ask(
  url: string,
  text: string,
  { key, signal }: { key: string | undefined; signal: AbortSignal }
): Promise<Answer | Failure> {
  const began = performance.now()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ text }),
      credentials: 'omit',
      signal
    })
    const body = await response.text()
    const roundTrip = performance.now() - began
    if (!response.ok) return describe(response, body)
    return {
      kind: 'answer',
      text,
      response: JSON.parse(body),
      timing: { roundTrip, stages: parseServerTiming(response.headers.get('server-timing')) }
    }
  } catch (error) {
    if (signal.aborted) throw error
    return {
      kind: 'failure',
      title: 'The service does not answer',
      detail: 'It may be restarting, or the network is down.',
      passes: true,
      needsKey: false
    }
  }
}

function describe({ status, headers }: Response, body: string): Failure {
  const problem = toProblem(body)
  const retryAfter = problem.retryAfter ?? Number(headers.get('retry-after') ?? Number.NaN)
  const reference = [problem.code, problem.requestId && `request ${problem.requestId}`].filter(Boolean)
  return {
    kind: 'failure',
    title: problem.title ?? `The service answered with status ${status}`,
    ...(problem.detail && { detail: problem.detail }),
    ...(reference.length > 0 && { reference: reference.join(' \u00b7 ') }),
    passes: passing.has(status),
    ...(Number.isFinite(retryAfter) && { retryAfter }),
    needsKey: status === 401
  }
}

/** A gateway answers with pages of its own, which say nothing to our reader. */
function toProblem(body: string): Partial<Problem> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
