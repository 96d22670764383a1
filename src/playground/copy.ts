/**
 * Copies the text of an element. Browsers give pages the clipboard only over HTTPS and on localhost; elsewhere the
 * text is selected and copied as by hand, and stays selected where even that is refused.
 * @returns whether it is on the clipboard
 */
export async function copy(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '')
    return true
  } catch {
    getSelection()?.selectAllChildren(source)
    return document.execCommand('copy')
  }
}
