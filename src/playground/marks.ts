import type { Entity } from '../schemas/entity.ts'
import { type Block, blockKey, toSegments } from './blocks.ts'
import { element } from './element.ts'
import { familyOf } from './families.ts'

/** A block on the page, with the marks of its entities. */
export interface DrawnBlock {
  readonly key: string
  readonly element: HTMLElement
  readonly marks: readonly HTMLElement[]
}

/** Characters of a line, and of the name of a label, roughly: they give the height of a block that is out of sight. */
const LINE = 90
const LABEL = 12

/** Draws blocks; takes those that look the same from what is drawn already, so that an edit costs one block. */
export function createDrawing(drawn: readonly DrawnBlock[]) {
  const old = new Map<string, DrawnBlock[]>()
  for (const block of drawn) {
    const same = old.get(block.key)
    if (same) same.push(block)
    else old.set(block.key, [block])
  }
  return (text: string, entities: readonly Entity[], block: Block): DrawnBlock => {
    const key = blockKey(text, entities, block)
    return old.get(key)?.shift() ?? draw(key, text, entities, block)
  }
}

function draw(key: string, text: string, entities: readonly Entity[], block: Block): DrawnBlock {
  const marks: HTMLElement[] = []
  const box = element('div', { class: 'block' })
  for (const { text: part, entity } of toSegments(text, entities, block)) {
    if (entity === undefined) {
      box.append(part)
      continue
    }
    const mark = markOf(entities[entity].label)
    mark.textContent = part
    marks.push(mark)
    box.append(mark)
  }
  const { start, end } = block
  const breaks = text.slice(start, end).split('\n').length - 1
  const lines = breaks + (end - start + LABEL * marks.length) / LINE
  box.style.setProperty('--lines', String(Math.round(lines)))
  return { key, element: box, marks }
}

const templates = new Map<string, HTMLElement>()

/** A mark of a label, to be filled: a copy is several times faster than a new element. */
function markOf(label: string): HTMLElement {
  let template = templates.get(label)
  if (!template) {
    template = element('span', { 'data-label': label, 'data-family': familyOf(label).id })
    setVisible(template, true)
    templates.set(label, template)
  }
  return template.cloneNode() as HTMLElement
}

export function isVisible(mark: HTMLElement): boolean {
  return mark.className !== ''
}

/** A mark that is filtered out is text like any other, to eyes, keyboard and screen reader. */
export function setVisible(mark: HTMLElement, visible: boolean): void {
  if (visible) {
    mark.className = 'entity'
    mark.setAttribute('role', 'button')
    mark.setAttribute('tabindex', '-1')
    mark.setAttribute('aria-pressed', 'false')
  } else {
    for (const name of ['class', 'role', 'tabindex', 'aria-pressed']) mark.removeAttribute(name)
  }
}
