import type { Entity } from '../schemas/entity.ts'
import { toBlocks } from './blocks.ts'
import type { Card } from './card-view.ts'
import { setChildren } from './element.ts'
import { createDrawing, type DrawnBlock, isVisible, setVisible } from './marks.ts'

/** The note with its entities highlighted. */
export interface NoteView {
  /** Replaces what is shown; a long note is drawn in slices, and a newer call overtakes an older one. */
  show(text: string, entities: readonly Entity[], isShown: (entity: Entity) => boolean): Promise<void>
  /** Highlights those entities only. */
  filter(isShown: (entity: Entity) => boolean): void
  /** Moves focus to an entity of the note; nothing happens while another note is shown. */
  focus(entity: Entity): void
}

/** Longest time, in milliseconds, for which drawing holds up the browser. */
const SLICE = 12
/** Milliseconds until the card closes when the pointer leaves, so that it can reach the card. */
const LEAVE = 150

/** Where the keys go from an entity: the index to start from, and the direction to look for the next one. */
const keys: Readonly<Record<string, (index: number, count: number) => readonly [number, 1 | -1]>> = {
  ArrowRight: index => [index, 1],
  ArrowDown: index => [index, 1],
  ArrowLeft: index => [index, -1],
  ArrowUp: index => [index, -1],
  Home: () => [-1, 1],
  End: (_index, count) => [count, -1]
}

export function createNoteView(container: HTMLElement, card: Card): NoteView {
  let drawn: readonly DrawnBlock[] = []
  let entities: readonly Entity[] = []
  let marks: readonly HTMLElement[] = []
  let indices: ReadonlyMap<Element, number> = new Map()
  let turn = 0
  /** the entity that Tab reaches; the arrow keys move on from it */
  let current = -1
  /** the entity whose card stays open, by a click */
  let pinned = -1
  let leaving: ReturnType<typeof setTimeout> | undefined

  async function show(
    text: string,
    next: readonly Entity[],
    isShown: (entity: Entity) => boolean
  ): Promise<void> {
    const mine = ++turn
    const draw = createDrawing(drawn)
    const blocks: DrawnBlock[] = []
    let pause = performance.now() + SLICE
    for (const block of toBlocks(text, next)) {
      if (performance.now() > pause) {
        await new Promise(requestAnimationFrame)
        if (mine !== turn) return
        pause = performance.now() + SLICE
      }
      blocks.push(draw(text, next, block))
    }
    close()
    setCurrent(-1)
    drawn = blocks
    entities = next
    marks = blocks.flatMap(block => block.marks)
    indices = new Map(marks.map((mark, index) => [mark, index]))
    replace(blocks.map(block => block.element))
    filter(isShown)
  }

  /** What the reader looks at stays in its place, where an edit leaves it. */
  function replace(elements: readonly HTMLElement[]): void {
    const kept = new Set<Element>(elements)
    const top = container.getBoundingClientRect().top
    const anchor = [...container.children].find(
      child => kept.has(child) && child.getBoundingClientRect().bottom > top
    )
    const before = anchor?.getBoundingClientRect().top ?? 0
    setChildren(container, elements)
    if (anchor) container.scrollTop += anchor.getBoundingClientRect().top - before
  }

  function filter(isShown: (entity: Entity) => boolean): void {
    for (const [index, mark] of marks.entries()) {
      const visible = isShown(entities[index])
      if (visible !== isVisible(mark)) setVisible(mark, visible)
    }
    if (pinned >= 0 && !isVisible(marks[pinned])) close()
    if (current < 0 || !isVisible(marks[current])) setCurrent(neighbour(-1, 1))
  }

  function neighbour(from: number, step: 1 | -1): number {
    for (let index = from + step; index >= 0 && index < marks.length; index += step) {
      if (isVisible(marks[index])) return index
    }
    return -1
  }

  function setCurrent(index: number): void {
    if (current >= 0 && isVisible(marks[current])) marks[current].setAttribute('tabindex', '-1')
    current = index
    marks[current]?.setAttribute('tabindex', '0')
  }

  function setPinned(index: number): void {
    if (pinned >= 0 && isVisible(marks[pinned])) marks[pinned].setAttribute('aria-pressed', 'false')
    pinned = index
    marks[pinned]?.setAttribute('aria-pressed', 'true')
  }

  function focusAt(index: number): void {
    if (index >= 0) marks[index].focus()
  }

  function open(index: number): void {
    clearTimeout(leaving)
    card.show(entities[index], marks[index])
  }

  function close(): void {
    clearTimeout(leaving)
    setPinned(-1)
    card.hide()
  }

  /** Closes the card soon, or turns it back to the entity that keeps it open. */
  function leave(): void {
    clearTimeout(leaving)
    leaving = setTimeout(() => {
      const keeper = pinned >= 0 ? pinned : indexAt(document.activeElement)
      if (keeper >= 0) open(keeper)
      else close()
    }, LEAVE)
  }

  function toggle(index: number): void {
    if (pinned === index) {
      close()
    } else {
      setPinned(index)
      open(index)
    }
  }

  function indexAt(target: EventTarget | null): number {
    const mark = target instanceof Element ? target.closest('.entity') : null
    return (mark && indices.get(mark)) ?? -1
  }

  container.addEventListener('pointerover', ({ target }) => {
    const index = indexAt(target)
    if (index >= 0 && pinned < 0) open(index)
  })
  container.addEventListener('pointerout', ({ target }) => {
    if (indexAt(target) >= 0) leave()
  })
  card.element.addEventListener('pointerover', () => clearTimeout(leaving))
  card.element.addEventListener('pointerout', leave)
  container.addEventListener('focusin', ({ target }) => {
    const index = indexAt(target)
    if (index < 0) return
    setCurrent(index)
    setPinned(-1)
    open(index)
    marks[index].setAttribute('aria-describedby', card.element.id)
  })
  container.addEventListener('focusout', ({ target }) => {
    if (target instanceof Element) target.removeAttribute('aria-describedby')
    leave()
  })
  container.addEventListener('click', ({ target }) => {
    const index = indexAt(target)
    if (index >= 0) toggle(index)
  })
  container.addEventListener('keydown', event => {
    const index = indexAt(event.target)
    if (index < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    if (Object.hasOwn(keys, event.key)) focusAt(neighbour(...keys[event.key](index, marks.length)))
    else if (event.key === 'Enter' || event.key === ' ') toggle(index)
    else return
    event.preventDefault()
  })
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close()
  })
  document.addEventListener('pointerdown', ({ target }) => {
    if (target instanceof Node && !card.element.contains(target) && indexAt(target) < 0) close()
  })

  return { show, filter, focus: entity => focusAt(entities.indexOf(entity)) }
}
