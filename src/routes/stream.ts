import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { TextRequest } from '../analysis.ts'
import { asReady } from '../as-ready.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import { isBlank, type Line, lineTooLong, parseLine, readLines } from '../ndjson.ts'
import { toRecognized } from '../recognition/recognized.ts'
import type { Outcome, Recognizer } from '../recognition/recognizer.ts'
import { toProblem } from '../schemas/problem.ts'
import { reference } from '../schemas/reference.ts'
import { accessErrors, problemResponses } from '../schemas/responses.ts'
import {
  type StreamDocument,
  StreamDocumentSchema,
  type StreamError,
  StreamLineSchema,
  StreamRequestSchema,
  type StreamResult
} from '../schemas/stream.ts'
import { describeValidation, type Fault } from '../schemas/validation.ts'
import { clientGone } from './client-gone.ts'
import { toIdentity } from './identity.ts'
import { checkLabels, checkLength } from './limits.ts'
import { shed } from './shed.ts'
import { StreamInput } from './stream-input.ts'

export interface StreamLimits {
  readonly maxTextLength: number
  readonly maxLineBytes: number
  readonly maxStreams: number
  /** milliseconds, see the configuration */
  readonly idle: number
  /** longest time in which a document waits to be admitted, in milliseconds */
  readonly patience: number
}

/** Lines of a stream that are read and not answered, and their bytes. */
const WINDOW = { count: 64, size: 1_048_576 }

const NDJSON = 'application/x-ndjson'

/** Described only: what is sent is a stream of bytes. */
const answered: object = {
  description: 'A line for each document.',
  content: { [NDJSON]: { schema: reference(StreamLineSchema) } }
}

/** POST /ner/stream: the entities of any number of texts, a line each, as they come. */
export const streamRoute: FastifyPluginAsyncTypebox<StreamLimits> = async (app, limits) => {
  const { maxStreams, maxLineBytes, idle } = limits
  const { model } = app.recognizer
  const streams = new Set<StreamInput>()
  app.addHook('preClose', async () => {
    for (const input of streams) input.stop('draining')
  })
  app.post(
    '/ner/stream',
    {
      onRequest: shed,
      schema: {
        operationId: 'recognizeStream',
        summary: 'Find the entities of any number of texts, as they come',
        description:
          'NDJSON in both directions: a document a line, and for each a line with its entities or its problem, as soon ' +
          'as it is ready, so that the order may be another. The answer begins before the end of the request; who does ' +
          'not read it is not read from.',
        tags: ['recognition'],
        response: {
          200: answered,
          ...problemResponses(...accessErrors, 'unsupported_media_type', 'overloaded', 'not_ready')
        }
      },
      config: {
        streamedBody: true,
        documentedBody: reference(StreamRequestSchema)
      }
    },
    async (request, reply) => {
      if (streams.size >= maxStreams) {
        const detail = `There are ${streams.size} streams; the limit is ${maxStreams}.`
        throw new ServiceError('overloaded', { detail, limit: maxStreams, retryAfter: 5 })
      }
      const input = new StreamInput(request.raw, reply.raw, idle, count => {
        request.bodyBytes += count
      })
      streams.add(input)
      request.takeAsStream()
      reply.raw.once('close', () => {
        streams.delete(input)
        input.close()
      })
      const answer = createAnswer(
        request,
        model,
        limits,
        recognizeFor(app.recognizer, input, clientGone(request, reply), limits)
      )
      async function* lines(): AsyncGenerator<string> {
        // A client may wait for them before it sends anything.
        reply.raw.flushHeaders()
        let next = 0
        async function* numbered(): AsyncGenerator<Line> {
          for await (const line of readLines(input.chunks(), maxLineBytes)) {
            // Also what was read of a line that has not come to its end.
            if (input.stopped) return
            next = line.number + 1
            if (line.bytes && isBlank(line.bytes)) continue
            input.opened()
            yield line
          }
        }
        for await (const line of asReady(numbered(), ({ bytes }) => bytes?.length ?? 0, answer, WINDOW)) {
          yield line
          input.answered()
        }
        const last = farewell(input, next, idle)
        if (last) yield written(last)
      }
      return reply.type(NDJSON).send(Readable.from(lines()))
    }
  )
}

type Recognize = (request: TextRequest) => Promise<Outcome>

/** Recognizes documents of one stream, which have turns together. Under overload they wait: nothing more is read then. */
function recognizeFor(
  recognizer: Recognizer,
  sender: object,
  signal: AbortSignal,
  { patience }: StreamLimits
): Recognize {
  return async text => {
    const until = performance.now() + patience
    for (;;) {
      try {
        const { outcomes } = await recognizer.recognize([text], signal, sender)
        return outcomes[0]
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        const pause = (error.retryAfter ?? 1) * 1000
        if (error.code !== 'overloaded' || performance.now() + pause > until) return { error }
        await sleep(pause, undefined, { signal }).catch(() => {})
        if (signal.aborted) return { error: new ServiceError('client_gone') }
      }
    }
  }
}

/** Makes the function that writes the answer to a line, and counts what it answers. */
function createAnswer(
  request: FastifyRequest,
  model: Recognizer['model'],
  { maxLineBytes, maxTextLength }: StreamLimits,
  recognize: Recognize
): (line: Line) => Promise<string> {
  const identity = toIdentity(model)
  const isDocument = request.compileValidationSchema(StreamDocumentSchema)
  const isId = request.compileValidationSchema(StreamDocumentSchema.properties.id)
  const failed: Partial<Record<ErrorCode, number>> = {}
  const work = { documents: 0, characters: 0, entities: 0, failed }
  request.work = work

  function check(value: unknown): StreamDocument {
    if (!isDocument(value)) throw describeValidation(isDocument.errors?.[0] as Fault, 'The document')
    const document = value as StreamDocument
    checkLength(document.text, maxTextLength, '/text')
    checkLabels(document.options, model.manifest.labels)
    return document
  }

  async function result(index: number, value: unknown): Promise<StreamResult> {
    const { id, text, options } = check(value)
    const { offsetUnit = 'utf16' } = options ?? {}
    work.characters += text.length
    const outcome = await recognize({ text, options })
    if ('error' in outcome) throw outcome.error
    const recognized = toRecognized(text, outcome.analyzed, offsetUnit)
    work.entities += recognized.entities.length
    return { index, ...(id !== undefined && { id }), model: identity, offsetUnit, ...recognized }
  }

  return async ({ number, bytes }) => {
    let id: string | undefined
    work.documents++
    try {
      if (!bytes) throw lineTooLong(maxLineBytes)
      const value = parseLine(bytes)
      const named = (value ?? {}) as { id?: unknown }
      if (named.id !== undefined && isId(named.id)) id = named.id as string
      return written(await result(number, value))
    } catch (error) {
      const known = error instanceof ServiceError ? error : new ServiceError('internal')
      // Ours to mend, and no reason to break off what others of the stream are answered.
      if (known !== error) request.log.error({ err: error, code: known.code }, 'failed')
      failed[known.code] = (failed[known.code] ?? 0) + 1
      return written({ index: number, ...(id !== undefined && { id }), problem: toProblem(known) })
    }
  }
}

function written(line: StreamResult | StreamError): string {
  return `${JSON.stringify(line)}\n`
}

/** What is said after the last answer when the rest of a stream is not read: its first line that is not answered. */
function farewell({ stopped }: StreamInput, index: number, idle: number): StreamError | undefined {
  const error =
    stopped === 'idle'
      ? new ServiceError('request_timeout', { detail: `Nothing came for ${idle} ms.` })
      : stopped === 'draining'
        ? new ServiceError('not_ready', { detail: 'The service is shutting down.', retryAfter: 1 })
        : undefined
  return error && { index, problem: toProblem(error) }
}
