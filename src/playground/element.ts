/**
 * A new element. Children that are strings become text nodes, here and everywhere on the page: no text is ever read as
 * markup, and the page's content security policy (Trusted Types) keeps it so.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}

/** The element of the page with this id. */
export function find<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`The page has no ${kind.name} #${id}. This is a bug.`)
}

/** Writes the text of an element that is read out when it changes, if it does: the same text twice would be heard twice. */
export function setText(live: HTMLElement, text: string): void {
  if (live.textContent !== text) live.textContent = text
}

/** Makes these the children of an element; those that stay where they are keep focus and scroll position. */
export function setChildren(parent: Element, children: readonly Element[]): void {
  const keep = new Set(children)
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove()
  let next = parent.firstElementChild
  for (const child of children) {
    if (child === next) next = next.nextElementSibling
    else parent.insertBefore(child, next)
  }
}
