import type { Entity } from '../schemas/entity.ts'

export type Column = Exclude<keyof Entity, 'assertion' | 'section'>

export interface Order {
  readonly column: Column
  readonly descending: boolean
}

export const textOrder: Order = { column: 'start', descending: false }

const collator = new Intl.Collator('en')

/** Entities by a column; equal ones in the order given. */
export function sortEntities(entities: readonly Entity[], { column, descending }: Order): Entity[] {
  const sign = descending ? -1 : 1
  return entities.toSorted((one, other) => sign * compare(one[column], other[column]))
}

function compare(one: string | number, other: string | number): number {
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : collator.compare(String(one), String(other))
}

/** What a click on the heading of a column asks for: that column, and the other direction at the second click. */
export function nextOrder(order: Order, column: Column): Order {
  return { column, descending: order.column === column && !order.descending }
}
