/** Tabs by the pattern of the ARIA authoring practices: one is in the tab order, the arrow keys change between them. */
export function createTabs(list: HTMLElement, onSelect: (tab: HTMLElement) => void) {
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')]

  function select(chosen: HTMLElement): void {
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen))
      tab.setAttribute('tabindex', tab === chosen ? '0' : '-1')
    }
    onSelect(chosen)
  }

  list.addEventListener('click', ({ target }) => {
    const tab = target instanceof Element ? target.closest<HTMLElement>('[role=tab]') : null
    if (tab) select(tab)
  })
  list.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    const index = tabs.indexOf(event.target as HTMLElement)
    if (!step || index < 0) return
    const next = tabs[(index + step + tabs.length) % tabs.length]
    next.focus()
    select(next)
    event.preventDefault()
  })
  return { select }
}
