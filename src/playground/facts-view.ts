import type { Answer } from './ask.ts'
import { element, find } from './element.ts'
import { formatMilliseconds } from './timing.ts'

/** Shows what there is to know of an answer besides its entities: its model, its times, and parts that were cut. */
export function showFacts(answer: Answer | undefined): void {
  const timing = find('timing', HTMLElement)
  const warning = find('warning', HTMLElement)
  timing.replaceChildren()
  warning.hidden = true
  if (!answer) return

  const { model, warnings = [] } = answer.response
  const { roundTrip, stages } = answer.timing
  find('model', HTMLElement).textContent = `${model.name} ${model.version}`
  for (const { name, milliseconds } of [{ name: 'round trip', milliseconds: roundTrip }, ...stages]) {
    timing.append(element('span', {}, `${name} `, element('b', {}, formatMilliseconds(milliseconds))))
  }
  const times = warnings.length === 1 ? 'once' : `${warnings.length} times`
  warning.hidden = warnings.length === 0
  warning.textContent = `No sentence end for a long stretch, ${times}: the text was read in parts there. Nothing was left out.`
}

/** How many entities are shown, of how many. */
export function countEntities(shown: number, all: number): string {
  const count = all.toLocaleString('en')
  if (shown < all) return `${shown.toLocaleString('en')} of ${count} entities`
  return all === 1 ? '1 entity' : `${count} entities`
}
