import type { Entity } from '../schemas/entity.ts'
import { element } from './element.ts'
import { familyOf } from './families.ts'

/** The card that says everything of one entity, beside it. */
export interface Card {
  readonly element: HTMLElement
  show(entity: Entity, anchor: Element): void
  hide(): void
}

/** Distance to the entity and to the edge of the window, in CSS pixels. */
const GAP = 6

export function createCard(card: HTMLElement): Card {
  let anchor: Element | undefined

  function place(): void {
    if (!anchor) return
    // Of an entity that is broken over lines, the first line.
    const beside = anchor.getClientRects()[0]
    if (!beside) return
    const { offsetWidth: width, offsetHeight: height } = card
    const below = beside.bottom + GAP
    const fits = below + height + GAP <= window.innerHeight
    const left = Math.min(beside.left, window.innerWidth - width - GAP)
    const top = fits ? below : beside.top - height - GAP
    card.style.setProperty('--left', `${Math.max(GAP, left)}px`)
    card.style.setProperty('--top', `${Math.max(GAP, top)}px`)
  }
  window.addEventListener('scroll', place, { capture: true, passive: true })
  window.addEventListener('resize', place)

  return {
    element: card,
    show(entity, beside) {
      anchor = beside
      card.replaceChildren(...content(entity))
      card.hidden = false
      place()
    },
    hide() {
      anchor = undefined
      card.hidden = true
    }
  }
}

function content({ label, confidence, start, end, text }: Entity): HTMLElement[] {
  const family = familyOf(label)
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, element('span'))
  bar.style.setProperty('--share', `${confidence * 100}%`)
  return [
    element(
      'p',
      { class: 'card-head' },
      element('span', { class: 'tag', 'data-family': family.id }, label),
      ' ',
      element('span', { class: 'quiet' }, family.name)
    ),
    element('p', { class: 'card-text' }, text),
    element(
      'dl',
      {},
      element('dt', {}, 'Confidence'),
      element('dd', {}, confidence.toFixed(3), bar),
      element('dt', {}, 'Offsets'),
      element('dd', {}, `${start} to ${end}`)
    )
  ]
}
