import type { Failure } from './ask.ts'
import { element, find, setText } from './element.ts'

/** Why there is no answer, and what happens next. */
export interface FailureView {
  /**
   * @param retryIn seconds until it is asked again, if it is
   * @param stale the answer that is still to be seen is one to another text
   */
  show(failure: Failure, next: { retryIn: number | undefined; stale: boolean }): void
  /** It is asked again now. */
  retry(): void
  hide(): void
}

/**
 * @param onRetry asks again at once
 * @param onKey takes the API key that the reader types, and asks again
 */
export function createFailureView(onRetry: () => void, onKey: (key: string) => void): FailureView {
  const box = find('failure', HTMLElement)
  const message = find('failure-message', HTMLElement)
  const button = find('retry', HTMLButtonElement)
  const form = find('key-form', HTMLFormElement)
  const field = find('key', HTMLInputElement)
  // A screen reader hears the time once; eyes see it pass.
  const clock = element('span', { 'aria-hidden': 'true' })
  let ticking: ReturnType<typeof setInterval> | undefined

  function countdown(seconds: number): HTMLElement {
    let left = Math.ceil(seconds)
    const text = (): string => `Trying again in ${left} s.`
    clock.textContent = text()
    ticking = setInterval(() => {
      left = Math.max(0, left - 1)
      clock.textContent = text()
    }, 1000)
    return element('p', {}, element('span', { class: 'for-readers' }, text()), clock)
  }

  button.addEventListener('click', onRetry)
  form.addEventListener('submit', event => {
    event.preventDefault()
    const key = field.value
    field.value = ''
    onKey(key)
  })

  return {
    show({ title, detail, reference, needsKey }, { retryIn, stale }) {
      clearInterval(ticking)
      message.replaceChildren(
        element('p', { class: 'title' }, title),
        ...(detail ? [element('p', {}, detail)] : []),
        ...(retryIn === undefined ? [] : [countdown(retryIn)]),
        ...(stale ? [element('p', {}, 'Below is the answer to an earlier text.')] : []),
        ...(reference ? [element('p', { class: 'reference' }, reference)] : [])
      )
      box.hidden = false
      button.hidden = needsKey
      form.hidden = !needsKey
    },
    retry() {
      clearInterval(ticking)
      setText(clock, 'Trying again.')
    },
    hide() {
      clearInterval(ticking)
      box.hidden = true
      message.replaceChildren()
    }
  }
}
