import type { Span } from '../span.ts'
import type { Assertion } from './assertion.ts'
import type { ClauseEnd } from './clauses.ts'
import { type Cue, type CueLabel, combine, isCueLabel, toCue } from './cue.ts'
import * as words from './cues.ts'
import { gapText, type Mention } from './mention.ts'
import { type Kind, Scope, speaksBack } from './scope.ts'

/** Labels that are asserted. */
const asserted: ReadonlySet<string> = new Set(['Symptom_Name', 'Diagnosis', 'Drug_Name', 'Procedure_Name'])

/** What a mention of a label is to a cue; the others are text between mentions. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ['Symptom_Name', 'finding'],
  ['Diagnosis', 'finding'],
  ['Procedure_Findings', 'finding'],
  ['Procedure_incident_description', 'finding'],
  ['Drug_incident_description', 'finding'],
  ['Drug_Name', 'act'],
  ['Procedure_Name', 'act'],
  ['Substance_Name', 'act']
])

/** Units after a cue that show whether it is one, and whether it speaks of what stands before it. */
const AFTER_CUE = 48

/**
 * Whether each symptom, diagnosis, drug and procedure is present, absent or possible, and by which cue; undefined for
 * other mentions. One pass in the manner of NegEx and ConText: a cue opens a scope that ends with its clause, a
 * header, a word that ends it, or the next cue; a cue after a mention ("was ruled out") covers the list that ends there.
 * @param mentions in the order of the text
 */
export function assertionsOf(
  text: string,
  mentions: readonly Mention[],
  ends: readonly ClauseEnd[]
): (Assertion | undefined)[] {
  const found = mentions.map(({ label }): Assertion | undefined =>
    asserted.has(label) ? { status: 'present' } : undefined
  )
  let first = 0
  let start = 0
  for (const end of ends) {
    const clause = new Clause(text, { start, end: end.text }, found)
    for (let i = first; i < end.mention; i++) clause.read(i, mentions[i])
    first = end.mention
    start = end.text
  }
  return found
}

/** What stands before the mention that is read next. */
class Clause {
  readonly #text: string
  readonly #textEnd: number
  readonly #found: (Assertion | undefined)[]
  #scope: Scope | undefined
  /** members of a list that wait for an "or" */
  #pending: number[] = []
  /** the list of mentions that was read last, which are of one kind */
  #list: number[] = []
  #kind: Kind = 'finding'
  /** the cue that was read last, when no mention followed, and the text between the list and it */
  #cue: Cue | undefined
  #beforeCue: string | undefined
  /** it spoke of the list before it */
  #spoken = false
  /** the text since the last mention or cue, modifiers left out; undefined when it is too long to look into */
  #gap: string | undefined = ''
  #gapStart: number
  #end: number

  constructor(text: string, { start, end }: Span, found: (Assertion | undefined)[]) {
    this.#text = text
    this.#textEnd = end
    this.#gapStart = start
    this.#end = start
    this.#found = found
  }

  read(i: number, { start, end, label }: Mention): void {
    this.#widenGap(this.#end, start)
    this.#end = end
    const kind = kinds.get(label)
    if (kind) this.#readMention(i, kind, end)
    else if (isCueLabel(label)) this.#readCue({ start, end, label }, label)
    else if (label !== 'Modifier') this.#widenGap(start, end)
  }

  #beginGap(start: number): void {
    this.#gap = ''
    this.#gapStart = start
  }

  #widenGap(start: number, end: number): void {
    const gap = this.#gap
    const more = gapText(this.#text, start, end)
    const wide = gap === undefined || more === undefined ? undefined : gap + more
    this.#gap = wide && gapText(wide, 0, wide.length) === undefined ? undefined : wide
  }

  #readMention(i: number, kind: Kind, end: number): void {
    const gap = this.#gap
    const reach = gap === undefined ? 'beyond' : this.#scope?.reach(kind, gap)
    const cue = this.#scope?.cue
    if (cue && reach === 'covered') this.#assign([i], cue)
    if (reach === 'pending') this.#pending.push(i)
    else {
      if (cue && reach === 'alternative') this.#assign([...this.#pending, i], cue)
      this.#pending = []
    }
    if (reach === 'beyond') this.#scope = undefined
    if (this.#cue || kind !== this.#kind || gap === undefined || !words.coordination.test(gap))
      this.#list = []
    this.#list.push(i)
    this.#kind = kind
    this.#cue = undefined
    this.#beginGap(end)
  }

  #readCue(mention: Mention, label: CueLabel): void {
    const before = gapText(this.#text, this.#gapStart, mention.start) ?? ''
    const after = this.#text.slice(mention.end, Math.min(mention.end + AFTER_CUE, this.#textEnd))
    const cue = toCue(this.#text, mention, label, before, after)
    const gap = cue && cue.start < mention.start ? this.#text.slice(this.#gapStart, cue.start) : this.#gap
    this.#beginGap(mention.end)
    if (!cue) {
      this.#scope = undefined
      this.#list = []
      this.#cue = undefined
      return
    }
    const last = this.#cue
    const both =
      last && gap !== undefined && words.joinsCues.test(gap) ? combine(last, cue, this.#text) : undefined
    if (!both) this.#beforeCue = gap
    this.#cue = both ?? cue
    this.#place(this.#cue, cue, gap, after, both !== undefined)
  }

  /** Opens the scope of a cue, or gives it to the list that it speaks of. */
  #place(cue: Cue, last: Cue, gap: string | undefined, after: string, combined: boolean): void {
    // "not" has been given to the list; "suspected" belongs to it.
    if (combined && this.#spoken) return
    const back = this.#beforeCue
    this.#spoken = false
    if (this.#list.length > 0 && back !== undefined && speaksBack(cue, this.#kind, back, after)) {
      this.#assign(this.#list, cue)
      this.#spoken = true
      this.#list = []
      this.#scope = undefined
      return
    }
    if (words.versus.test(last.text)) this.#assign(this.#list.slice(-1), cue)
    if (!combined && gap !== undefined && this.#scope?.holdsOver(cue, gap)) return
    this.#scope = new Scope(cue)
  }

  #assign(targets: readonly number[], { status, start, end }: Cue): void {
    for (const target of targets) {
      if (this.#found[target]) this.#found[target] = { status, cue: { start, end } }
    }
  }
}
