import { isDeepStrictEqual } from 'node:util'
import type { Entity } from '../src/schemas/entity.ts'
import type { NerResponse } from '../src/schemas/ner.ts'

/**
 * Checks what a service answered against what the engine finds in the same texts.
 * @throws Error that says which text was answered wrongly
 */
export function checkBodies(bodies: readonly string[], expected: readonly (readonly Entity[])[]): void {
  const found = bodies.map(body => (JSON.parse(body) as NerResponse).entities)
  checkSame(found, expected, 'The service')
}

/** @throws Error that says in which text `who` finds something else */
export function checkSame(
  found: readonly (readonly object[])[],
  expected: readonly (readonly object[])[],
  who: string
): void {
  if (found.length !== expected.length) {
    throw new Error(`${who} answered ${found.length} of ${expected.length} texts.`)
  }
  const wrong = found.findIndex((entities, i) => !isDeepStrictEqual(entities, expected[i]))
  if (wrong >= 0) throw new Error(`${who} is wrong about text ${wrong}.`)
  if (expected.every(entities => entities.length === 0)) {
    throw new Error('There is nothing to find in any text: being right about them proves nothing.')
  }
}
