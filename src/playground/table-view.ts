import type { Entity } from '../schemas/entity.ts'
import { element, find } from './element.ts'
import { familyOf } from './families.ts'
import { type Column, nextOrder, type Order, sortEntities, textOrder } from './sort.ts'

/** The entities as a table, a page of it at a time. */
export interface TableView {
  show(entities: readonly Entity[]): void
}

/** Rows of a page: a table of 30,000 would take seconds to lay out. */
const PAGE = 100

/** @param onOpen is told the entity that the reader wants to see in the note */
export function createTableView(onOpen: (entity: Entity) => void): TableView {
  const table = find('table', HTMLTableElement)
  const body = find('rows', HTMLTableSectionElement)
  const position = find('position', HTMLElement)
  const previous = find('previous', HTMLButtonElement)
  const next = find('next', HTMLButtonElement)
  const headings = [...table.querySelectorAll<HTMLElement>('th[data-column]')]
  let entities: readonly Entity[] = []
  let sorted: readonly Entity[] = []
  let order: Order = textOrder
  let first = 0

  function sort(): void {
    sorted = sortEntities(entities, order)
    first = 0
    for (const heading of headings) {
      const direction = order.descending ? 'descending' : 'ascending'
      if (heading.dataset.column === order.column) heading.setAttribute('aria-sort', direction)
      else heading.removeAttribute('aria-sort')
    }
    draw()
  }

  function draw(): void {
    const last = Math.min(first + PAGE, sorted.length)
    body.replaceChildren(...sorted.slice(first, last).map(row))
    previous.disabled = first === 0
    next.disabled = last === sorted.length
    const range = `${(first + 1).toLocaleString('en')} to ${last.toLocaleString('en')}`
    position.textContent =
      sorted.length > 0 ? `${range} of ${sorted.length.toLocaleString('en')}` : 'No entities'
  }

  function row(entity: Entity): HTMLTableRowElement {
    const { start, end, label, confidence, text } = entity
    const open = element('button', { type: 'button', class: 'link', title: 'Show in the note' }, text)
    open.addEventListener('click', () => onOpen(entity))
    return element(
      'tr',
      {},
      element('td', {}, open),
      element('td', {}, element('span', { class: 'tag', 'data-family': familyOf(label).id }, label)),
      element('td', { class: 'number' }, confidence.toFixed(3)),
      element('td', { class: 'number' }, String(start)),
      element('td', { class: 'number' }, String(end))
    )
  }

  for (const heading of headings) {
    heading.querySelector('button')?.addEventListener('click', () => {
      order = nextOrder(order, heading.dataset.column as Column)
      sort()
    })
  }
  previous.addEventListener('click', () => {
    first = Math.max(0, first - PAGE)
    draw()
  })
  next.addEventListener('click', () => {
    first += PAGE
    draw()
  })

  return {
    show(shown) {
      entities = shown
      sort()
    }
  }
}
