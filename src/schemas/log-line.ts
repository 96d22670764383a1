import { type Static, Type } from 'typebox'
import { type ErrorCode, errorTable } from '../errors.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

const milliseconds = (description: string) =>
  Type.Optional(Type.Number({ minimum: 0, description: `${description}, in milliseconds.` }))
const count = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }))

const trace = {
  trace_id: Type.String({
    pattern: '^[0-9a-f]{32}$',
    description: 'Trace of the request: that of its `traceparent`, else a new one.'
  }),
  span_id: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'Span of the request.' }),
  parent_id: Type.Optional(
    Type.String({ pattern: '^[0-9a-f]{16}$', description: 'Span of the caller, from `traceparent`.' })
  )
}

const request = {
  method: Type.String({ description: 'Method.' }),
  route: Type.Union([Type.String(), Type.Null()], {
    description: 'Pattern of the route, never the URL; null where there is none.'
  }),
  key: Type.Optional(Type.String({ description: 'Id of the API key, where one was presented.' })),
  status: Type.Integer({ description: 'Status of the answer; 499 is a client that hung up.' }),
  code: Type.Optional(Type.Enum(codes, { description: 'Code of the problem document, where it was one.' })),
  ms: milliseconds('Time from the headers of the request to the end of the answer'),
  bytes: Type.Integer({ minimum: 0, description: 'Bytes of the body that were read.' }),
  documents: count(
    'Documents of the request. This field and those that follow are only where texts were recognized.'
  ),
  characters: count('UTF-16 code units of their texts.'),
  entities: count('Entities of the answer.'),
  failed: Type.Optional(
    Type.Partial(Type.Record(Type.Enum(codes), Type.Integer({ minimum: 1 })), {
      description: 'Documents of a batch or stream that have no entities, by the code of their error.'
    })
  ),
  tokens: count(
    'Tokens that workers read for the request and what was dispatched with it. This field and those that follow are not there for a stream.'
  ),
  cells: count('Cells of the input of the network; those that are no token are padding and separators.'),
  queueMs: milliseconds('Longest wait of a text for a worker'),
  pipelineMs: milliseconds('Time in which workers made sentences and tokens'),
  inferenceMs: milliseconds('Time in which they ran the network'),
  decodingMs: milliseconds('Time in which they decoded entities')
}

/**
 * The line that is logged when a request ends. Its fields are stable: one may be added, none is renamed. What is not
 * HTTP has a line of its own with `status` and `code`.
 */
export const LogLineSchema = Type.Object(
  {
    level: Type.Integer({ description: '30; 20 (debug) for probes and `/metrics`.' }),
    time: Type.Integer({ description: 'Milliseconds since 1970.' }),
    pid: Type.Integer({ description: 'Process.' }),
    hostname: Type.String({ description: 'Host.' }),
    msg: Type.Literal('request', { description: 'Says that it is such a line.' }),
    requestId: Type.String({ description: 'That of the header `X-Request-Id` of the answer.' }),
    ...trace,
    ...request
  },
  { additionalProperties: false }
)

const TraceSchema = Type.Object(trace)
const RequestSchema = Type.Object(request)

export type TraceFields = Static<typeof TraceSchema>
export type RequestFields = Static<typeof RequestSchema>
