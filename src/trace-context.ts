/** Who called, in a trace, as the header `traceparent` of W3C Trace Context says. */
export interface TraceParent {
  /** 32 hexadecimal digits */
  readonly traceId: string
  /** span of the caller, 16 hexadecimal digits */
  readonly parentId: string
}

/** Versions to come may add fields after these four. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const NO_ID = /^0+$/

/** Reads a `traceparent`; undefined when it is none, as the standard wants: a new trace then begins. */
export function parseTraceparent(header: string): TraceParent | undefined {
  const [, version, traceId, parentId, more] = TRACEPARENT.exec(header) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  return NO_ID.test(traceId) || NO_ID.test(parentId) ? undefined : { traceId, parentId }
}
