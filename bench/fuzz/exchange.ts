import { connect } from 'node:net'

/** One answer of HTTP/1.1 as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** How a conversation ended: the service closed it, it was answered and this side closed, or what came is no HTTP. */
export interface Conversation {
  readonly answers: readonly WireAnswer[]
  readonly end: 'closed' | 'answered' | 'hung' | 'garbled'
  readonly milliseconds: number
}

/** Without an answer for so long, the service hangs: its own deadline is shorter. */
const HANG_MS = 90_000
/** After an answer, whatever else comes has come after so long. */
const QUIET_MS = 60

/**
 * Sends bytes on a connection of their own.
 * @param bodiless whether the answer has headers of a body but none, as that to HEAD
 */
export function converse(port: number, bytes: Buffer, bodiless: boolean): Promise<Conversation> {
  return new Promise(resolve => {
    const start = performance.now()
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    let quiet: NodeJS.Timeout | undefined
    const finish = (end: Conversation['end']): void => {
      clearTimeout(hang)
      clearTimeout(quiet)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
      const answers = readAnswers(Buffer.concat(chunks), bodiless)
      resolve({
        answers: answers ?? [],
        end: answers ? end : 'garbled',
        milliseconds: performance.now() - start
      })
    }
    const hang = setTimeout(() => finish('hung'), HANG_MS)
    socket.on('connect', () => socket.write(bytes))
    socket.on('data', chunk => {
      chunks.push(chunk as Buffer)
      clearTimeout(quiet)
      quiet = setTimeout(() => {
        if (readAnswers(Buffer.concat(chunks), bodiless)?.length !== 0) finish('answered')
      }, QUIET_MS)
    })
    socket.on('error', () => finish('closed'))
    socket.on('close', () => finish('closed'))
  })
}

/** The whole answers at the beginning of some bytes, undefined when they are not HTTP/1.1; 100 (Continue) is none. */
export function readAnswers(bytes: Buffer, bodiless: boolean): WireAnswer[] | undefined {
  const answers: WireAnswer[] = []
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf('\r\n\r\n', at)
    if (end < 0) break
    const [first, ...lines] = bytes.toString('latin1', at, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) [ -~]*$/.exec(first)?.[1])
    if (!status) return undefined
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
    }
    at = end + 4
    if (status === 100) continue
    const none = bodiless || status === 204 || status === 304
    if (!none && headers['transfer-encoding'] === 'chunked') {
      const chunked = readChunks(bytes, at)
      if (!chunked) break
      answers.push({ status, headers, body: chunked.body })
      at = chunked.end
      continue
    }
    const length = none ? 0 : Number(headers['content-length'] ?? 0)
    if (bytes.length < at + length) break
    answers.push({ status, headers, body: bytes.subarray(at, at + length) })
    at += length
  }
  return answers
}

/** A body in chunks, as streams have it, and where it ends; undefined while it has not come whole. */
function readChunks(bytes: Buffer, start: number): { body: Buffer; end: number } | undefined {
  const chunks: Buffer[] = []
  for (let at = start; ; ) {
    const line = bytes.indexOf('\r\n', at)
    if (line < 0) return undefined
    const length = Number.parseInt(bytes.toString('latin1', at, line), 16)
    const end = line + 2 + length
    if (Number.isNaN(length) || bytes.length < end + 2) return undefined
    if (length === 0) return { body: Buffer.concat(chunks), end: end + 2 }
    chunks.push(bytes.subarray(line + 2, end))
    at = end + 2
  }
}
