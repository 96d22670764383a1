import { element, setChildren } from './element.ts'
import { groupByFamily } from './families.ts'

/** The labels that occur, by family, each with its count and a box that shows or hides its entities. */
export interface Legend {
  /** @param counts entities of each label */
  show(counts: ReadonlyMap<string, number>, hidden: ReadonlySet<string>): void
}

/** @param onHide is told labels to hide, or to show again, from now on */
export function createLegend(
  container: HTMLElement,
  onHide: (labels: readonly string[], hide: boolean) => void
): Legend {
  const rows = new Map<string, Row>()
  const groups = new Map<string, Group>()

  function rowOf(label: string, family: string): Row {
    const row = rows.get(label) ?? createRow(label, family, 'tag', hide => onHide([label], hide))
    rows.set(label, row)
    return row
  }

  function groupOf(id: string, name: string): Group {
    const group = groups.get(id) ?? createGroup(id, name, onHide)
    groups.set(id, group)
    return group
  }

  function show(counts: ReadonlyMap<string, number>, hidden: ReadonlySet<string>): void {
    const shown = groupByFamily(new Set([...counts.keys(), ...hidden]))
    const boxes = shown.map(({ family, labels }) => {
      const group = groupOf(family.id, family.name)
      for (const label of labels) setRow(rowOf(label, family.id), counts.get(label) ?? 0, !hidden.has(label))
      const sum = labels.reduce((total, label) => total + (counts.get(label) ?? 0), 0)
      const hiding = labels.filter(label => hidden.has(label)).length
      setRow(group.head, sum, hiding === 0)
      group.head.box.indeterminate = hiding > 0 && hiding < labels.length
      group.labels = labels
      setChildren(
        group.list,
        labels.map(label => rowOf(label, family.id).element)
      )
      return group.element
    })
    setChildren(container, boxes)
  }

  return { show }
}

interface Row {
  readonly element: HTMLElement
  readonly box: HTMLInputElement
  readonly count: HTMLElement
}

function createRow(name: string, family: string, kind: string, onHide: (hide: boolean) => void): Row {
  const box = element('input', { type: 'checkbox', 'data-family': family })
  const count = element('span', { class: 'count' })
  const tag = element('span', { class: kind, 'data-family': family }, name)
  box.addEventListener('change', () => onHide(!box.checked))
  return { element: element('label', {}, box, tag, count), box, count }
}

function setRow({ box, count }: Row, entities: number, checked: boolean): void {
  box.checked = checked
  count.textContent = entities.toLocaleString('en')
}

interface Group {
  readonly element: HTMLElement
  readonly head: Row
  readonly list: HTMLElement
  labels: readonly string[]
}

function createGroup(
  id: string,
  name: string,
  onHide: (labels: readonly string[], hide: boolean) => void
): Group {
  const head = createRow(name, id, 'family', hide => onHide(group.labels, hide))
  const list = element('div', { class: 'labels' })
  const box = element('div', { class: 'group', role: 'group', 'aria-label': name }, head.element, list)
  const group: Group = { element: box, head, list, labels: [] }
  return group
}
