import { copy } from './copy.ts'
import { find } from './element.ts'
import { save } from './save.ts'
import { isInline, type Language, languages, type Request, requestBody, requestFile } from './snippets.ts'
import { createTabs } from './tabs.ts'

/** The request whose answer is shown, as code to copy. */
export interface RequestView {
  show(request: Request): void
}

/** @param say tells the reader how it went */
export function createRequestView(say: (message: string) => void): RequestView {
  const code = find('snippet', HTMLElement)
  const file = find('request-file', HTMLElement)
  let request: Request | undefined
  let language: Language = 'curl'

  function draw(): void {
    code.textContent = request ? languages[language](request) : ''
    file.hidden = !request || isInline(request)
  }

  createTabs(find('languages', HTMLElement), tab => {
    language = tab.dataset.language as Language
    find('snippet-panel', HTMLElement).setAttribute('aria-labelledby', tab.id)
    draw()
  })
  find('copy', HTMLButtonElement).addEventListener('click', async () => {
    say((await copy(code)) ? 'Copied.' : 'The browser does not let the page copy; the code is selected.')
  })
  find('save-request', HTMLButtonElement).addEventListener('click', () => {
    if (request) save(requestFile, 'application/json', requestBody(request))
  })

  return {
    show(next) {
      request = next
      draw()
    }
  }
}
