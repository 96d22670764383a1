import type { Entity } from '../../src/schemas/entity.ts'

/** An entity, where only some of it matters. */
export function entity(members: Partial<Entity> = {}): Entity {
  return { start: 0, end: 7, text: 'aspirin', label: 'Drug_Name', confidence: 0.9, ...members }
}
