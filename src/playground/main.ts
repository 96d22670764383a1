import type { Entity } from '../schemas/entity.ts'
import { type Answer, ask } from './ask.ts'
import { createCard } from './card-view.ts'
import { toCsv } from './csv.ts'
import { element, find, setText } from './element.ts'
import { countEntities, showFacts } from './facts-view.ts'
import { createFailureView } from './failure-view.ts'
import { countByLabel, type Filter, isShown, noFilter, toOptions } from './filter.ts'
import { createLegend } from './legend-view.ts'
import { createLive, type State } from './live.ts'
import { createNoteView } from './note-view.ts'
import { createRequestView } from './request-view.ts'
import { samples } from './samples.ts'
import { save } from './save.ts'
import { createTableView } from './table-view.ts'
import { createTabs } from './tabs.ts'
import { createTheme } from './theme.ts'

// Everything the page knows is in these: it has no storage, and its address never changes.
let answer: Answer | undefined
let filter: Filter = noFilter
let apiKey: string | undefined

const url = new URL('ner', document.baseURI).href
const note = find('note', HTMLTextAreaElement)
const sample = find('sample', HTMLSelectElement)
const threshold = find('threshold', HTMLInputElement)
const results = find('results', HTMLElement)
const views = [...document.querySelectorAll<HTMLElement>('.view')]
const tableView = find('view-table', HTMLElement)
const requestPanel = find('view-request', HTMLElement)
const status = find('status', HTMLElement)
const said = find('said', HTMLElement)

const noteView = createNoteView(find('highlights', HTMLElement), createCard(find('card', HTMLElement)))
const table = createTableView(showInNote)
const requestView = createRequestView(say)
const legend = createLegend(find('legend', HTMLElement), (labels, hide) => {
  const hiddenLabels = new Set(filter.hiddenLabels)
  for (const label of labels) {
    if (hide) hiddenLabels.add(label)
    else hiddenLabels.delete(label)
  }
  setFilter({ ...filter, hiddenLabels })
})
const failureView = createFailureView(
  () => live.again(),
  key => {
    apiKey = key
    live.again()
  }
)
const tabs = createTabs(find('tabs', HTMLElement), tab => {
  for (const view of views) view.hidden = view.id !== tab.getAttribute('aria-controls')
  showFiltered()
})
const live = createLive((text, signal) => ask(url, text, { key: apiKey, signal }), show)

function show(state: State): void {
  results.setAttribute('aria-busy', String(state.kind === 'asking'))
  switch (state.kind) {
    case 'asking':
      failureView.retry()
      break
    case 'failed': {
      const stale = answer !== undefined && answer.text !== note.value
      failureView.show(state.failure, { retryIn: state.retryIn, stale })
      break
    }
    case 'empty':
      showAnswer(undefined)
      break
    case 'answer':
      showAnswer(state)
  }
}

function showAnswer(next: Answer | undefined): void {
  answer = next
  failureView.hide()
  results.classList.toggle('empty', !answer)
  showFacts(answer)
  void noteView.show(answer?.text ?? '', entities(), isVisible)
  showFiltered()
}

function entities(): readonly Entity[] {
  return answer?.response.entities ?? []
}

function isVisible(entity: Entity): boolean {
  return isShown(entity, filter)
}

function setFilter(next: Filter): void {
  filter = next
  noteView.filter(isVisible)
  showFiltered()
}

/** Everything beside the note that depends on the filter; what is not to be seen is left for later. */
function showFiltered(): void {
  const all = entities()
  const shown = all.filter(isVisible)
  legend.show(countByLabel(all, filter.minConfidence), filter.hiddenLabels)
  if (!tableView.hidden) table.show(shown)
  if (!requestPanel.hidden) {
    const keyed = apiKey !== undefined
    requestView.show({ url, text: answer?.text ?? '', options: toOptions(all, filter), keyed })
  }
  threshold.setAttribute('aria-valuetext', `at least ${filter.minConfidence.toFixed(2)}`)
  find('threshold-value', HTMLElement).textContent = filter.minConfidence.toFixed(2)
  setText(status, answer ? countEntities(shown.length, all.length) : 'Paste a note, or choose a sample.')
  for (const id of ['csv', 'json']) find(id, HTMLButtonElement).disabled = shown.length === 0
}

function showInNote(entity: Entity): void {
  tabs.select(find('tab-note', HTMLElement))
  noteView.focus(entity)
}

/** Says something that is not about the answer, to eyes and to a screen reader. */
function say(message: string): void {
  said.textContent = message
  setTimeout(() => {
    if (said.textContent === message) said.textContent = ''
  }, 4_000)
}

function setNote(text: string): void {
  note.value = text
  find('highlights', HTMLElement).scrollTop = 0
  showLength()
  // Read back: a text area turns every line break into one character, and offsets count what is sent.
  live.change(note.value, 0)
}

function showLength(): void {
  find('length', HTMLElement).textContent = `${note.value.length.toLocaleString('en')} characters`
}

note.addEventListener('input', () => {
  sample.value = ''
  showLength()
  live.change(note.value)
})
sample.append(...samples.map(({ name }, index) => element('option', { value: String(index) }, name)))
sample.addEventListener('change', () => {
  if (sample.value !== '') setNote(samples[Number(sample.value)].text)
})
find('clear', HTMLButtonElement).addEventListener('click', () => {
  sample.value = ''
  setNote('')
  note.focus()
})
threshold.addEventListener('input', () =>
  setFilter({ ...filter, minConfidence: Number(threshold.value) / 100 })
)
find('show-all', HTMLButtonElement).addEventListener('click', () =>
  setFilter({ ...filter, hiddenLabels: new Set() })
)
find('show-none', HTMLButtonElement).addEventListener('click', () =>
  setFilter({ ...filter, hiddenLabels: new Set(entities().map(({ label }) => label)) })
)
find('csv', HTMLButtonElement).addEventListener('click', () =>
  save('entities.csv', 'text/csv;charset=utf-8', toCsv(entities().filter(isVisible)))
)
find('json', HTMLButtonElement).addEventListener('click', () => {
  const content = { model: answer?.response.model, entities: entities().filter(isVisible) }
  save('entities.json', 'application/json', `${JSON.stringify(content, undefined, 2)}\n`)
})

createTheme(find('theme', HTMLButtonElement))
sample.value = '0'
setNote(samples[0].text)
