import { expect, test } from 'vitest'
import { parseTraceparent } from '../src/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const parentId = '00f067aa0ba902b7'

test.each([
  ['sampled', `00-${traceId}-${parentId}-01`],
  ['not sampled', `00-${traceId}-${parentId}-00`],
  ['with flags that are not known yet', `00-${traceId}-${parentId}-ff`],
  ['of a version to come', `cc-${traceId}-${parentId}-01`],
  ['of a version to come, with more fields', `cc-${traceId}-${parentId}-01-what-comes-then`]
])('a traceparent %s is read', (_what, header) => {
  expect(parseTraceparent(header)).toEqual({ traceId, parentId })
})

test.each([
  ['empty', ''],
  ['of another kind', 'Jane Roe'],
  ['of version ff', `ff-${traceId}-${parentId}-01`],
  ['of a version of one digit', `0-${traceId}-${parentId}-01`],
  ['with more than its version has', `00-${traceId}-${parentId}-01-more`],
  ['with something after the flags', `cc-${traceId}-${parentId}-01.more`],
  ['without flags', `00-${traceId}-${parentId}`],
  ['with a short trace', `00-${traceId.slice(1)}-${parentId}-01`],
  ['with a long trace', `00-${traceId}0-${parentId}-01`],
  ['with a short span', `00-${traceId}-${parentId.slice(1)}-01`],
  ['with no trace', `00-${'0'.repeat(32)}-${parentId}-01`],
  ['with no span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['in upper case', `00-${traceId.toUpperCase()}-${parentId}-01`],
  ['with other digits', `00-${'g'.repeat(32)}-${parentId}-01`],
  ['with white space', ` 00-${traceId}-${parentId}-01`],
  ['with a newline', `00-${traceId}-${parentId}-01\n`],
  ['that came twice', `00-${traceId}-${parentId}-01, 00-${traceId}-${parentId}-01`]
])('a traceparent %s is none', (_what, header) => {
  expect(parseTraceparent(header)).toBeUndefined()
})
