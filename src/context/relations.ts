import type { Relation } from '../schemas/entity.ts'
import type { ClauseEnd } from './clauses.ts'
import { countWords, gapText, type Mention } from './mention.ts'

/** A kind of relation: what depends on what. */
interface Family {
  readonly head: string
  readonly dependents: ReadonlySet<string>
  /** What a clause without a head must hold to go on about that of the clause before. */
  readonly anchor: string
  /** Labels that a dependent can speak of as well; the nearer one takes it. */
  readonly rivals: ReadonlyMap<string, ReadonlySet<string>>
}

const families: readonly Family[] = [
  {
    head: 'Drug_Name',
    dependents: new Set(['Dosage', 'Route', 'Frequency']),
    // "The dose is 5 mg daily", not "ice it every hour"
    anchor: 'Dosage',
    // "dialysis three times a week"
    rivals: new Map([['Frequency', new Set(['Procedure_Name', 'Substance_Name', 'Symptom_Name'])]])
  },
  { head: 'Lab_Name', dependents: new Set(['Lab_Result']), anchor: 'Lab_Result', rivals: new Map() }
]

/** Words between a head and what depends on it, beyond which they are unrelated. */
const FAR_WORDS = 10
/** Words without a meaning of their own between a head and what depends on it. */
const GLUE =
  /\b(?:of|at|to|from|is|was|were|are|the|a|an|dose|doses|dosage|level|count|value|tab|tabs|tablets?|caps?|capsules?|given|increased|decreased|changed|started|reduced|came|back|up|down|currently|now|about|approximately)\b/gi
const BREAK = /[,;:&+]|\b(?:and|or|then|plus|with|followed by|but)\b|\.\s/i
const REASON = /\b(?:for|of|if|with)\s+(?:\w+\s+)?$/i

/**
 * Which dosage, route and frequency belong to which drug, and which result to which test. A dependent belongs to the
 * nearest head before it in its clause, unless it stands right before the next one ("2 g of cefazolin") and apart from
 * the last; in "AST and ALT were 45 and 62" each belongs to its own. A clause with a dose or a result and without a head
 * goes on about the only head of the clause before it.
 * @param mentions in the order of the text
 * @returns in the order of the dependents; each has one head
 */
export function relationsOf(
  text: string,
  mentions: readonly Mention[],
  ends: readonly ClauseEnd[]
): Relation[] {
  const headOf = new Map<number, number>()
  for (const family of families) new Linker(text, mentions, family, headOf).link(ends)
  return Array.from(headOf, ([dependent, head]) => ({ head, dependent })).sort(
    (a, b) => a.dependent - b.dependent
  )
}

/** A head or dependent of a clause, with what stands between it and the one before. */
interface Item {
  readonly index: number
  readonly isHead: boolean
  /** text since the item before it, modifiers left out; undefined when it is too long to look into */
  readonly gap: string | undefined
  /** something between that a dependent of this label speaks of instead */
  readonly rival: boolean
}

class Linker {
  readonly #text: string
  readonly #mentions: readonly Mention[]
  readonly #family: Family
  readonly #headOf: Map<number, number>

  constructor(text: string, mentions: readonly Mention[], family: Family, headOf: Map<number, number>) {
    this.#text = text
    this.#mentions = mentions
    this.#family = family
    this.#headOf = headOf
  }

  link(ends: readonly ClauseEnd[]): void {
    let first = 0
    /** the only head of the clause before, if it has one */
    let last: number | undefined
    for (const { mention: end } of ends) {
      const items = this.#itemsOf(first, end)
      if (first < end && this.#mentions[first].label === 'Section_Name') last = undefined
      const anchored = items.some(({ index }) => this.#mentions[index].label === this.#family.anchor)
      this.#linkClause(items, anchored ? last : undefined)
      const heads = items.filter(({ isHead }) => isHead)
      if (heads.length > 0 || items.length === 0) last = heads.length === 1 ? heads[0].index : undefined
      first = end
    }
  }

  #itemsOf(first: number, end: number): Item[] {
    const { head, dependents, rivals } = this.#family
    const items: Item[] = []
    let gap: string | undefined = ''
    let at = first < end ? this.#mentions[first].start : 0
    let rival: string | undefined
    const widen = (to: number): void => {
      const more = gapText(this.#text, at, to)
      const wide: string | undefined = gap === undefined || more === undefined ? undefined : gap + more
      gap = wide && gapText(wide, 0, wide.length)
      at = to
    }
    for (let index = first; index < end; index++) {
      const mention = this.#mentions[index]
      widen(mention.start)
      const isHead = mention.label === head
      if (isHead && this.#isAlias(index)) {
        widen(mention.end + 1)
      } else if (isHead || dependents.has(mention.label)) {
        const speaksOf = rival !== undefined && rivals.get(mention.label)?.has(rival) === true
        items.push({ index, isHead, gap, rival: speaksOf })
        gap = ''
        if (isHead) rival = undefined
        at = mention.end
      } else if (mention.label === 'Modifier') {
        at = mention.end
      } else {
        rival = gap !== undefined && REASON.test(gap) ? rival : mention.label
        widen(mention.end)
      }
    }
    return items
  }

  /** Another name in brackets: "omeprazole (Prilosec) 20 mg". */
  #isAlias(index: number): boolean {
    const before = this.#mentions[index - 1]
    const { start, end } = this.#mentions[index]
    return (
      before?.label === this.#family.head &&
      this.#text[end] === ')' &&
      /^\s*\($/.test(gapText(this.#text, before.end, start) ?? '')
    )
  }

  #linkClause(items: readonly Item[], last: number | undefined): void {
    const paired = this.#pair(items)
    const leads = leadsToNext(items)
    let head: number | undefined
    /** labels of what stands before the head and belongs to it */
    let preposed = new Set<string>()
    let waiting = new Set<string>()
    let close = false
    let words = 0
    for (const [i, { index, isHead, gap, rival }] of items.entries()) {
      if (isHead) {
        head = index
        preposed = waiting
        waiting = new Set()
        close = true
        words = 0
        continue
      }
      close &&= gap !== undefined && isClose(gap)
      words += gap === undefined ? FAR_WORDS + 1 : countWords(gap.replace(GLUE, ''))
      const { label } = this.#mentions[index]
      if (paired.has(index)) continue
      const next = leads[i]
      if (next !== undefined && (head === undefined || !close || preposed.has(label))) {
        this.#headOf.set(index, next)
        waiting.add(label)
      } else if (head !== undefined) {
        if (words <= FAR_WORDS && !rival) this.#headOf.set(index, head)
      } else if (last !== undefined && words <= FAR_WORDS && !rival) {
        this.#headOf.set(index, last)
      }
    }
  }

  /** Links "BUN/creatinine 48/3.2" in pairs; returns the dependents that it has linked. */
  #pair(items: readonly Item[]): ReadonlySet<number> {
    const paired = new Set<number>()
    for (let i = 0; i < items.length; ) {
      const heads = runEnd(items, i, ({ isHead }) => isHead)
      const label = this.#mentions[items[Math.min(heads, items.length - 1)].index].label
      const end = runEnd(items, heads, item => !item.isHead && this.#mentions[item.index].label === label)
      const count = end - heads
      const joints = (from: number): string =>
        items
          .slice(from + 1, from + count)
          .map(({ gap }) => gap?.trim().toLowerCase())
          .join()
      const first = heads - count
      if (items[i].isHead && count > 1 && first >= i && joints(first) === joints(heads)) {
        for (let k = 0; k < count; k++) {
          this.#headOf.set(items[heads + k].index, items[first + k].index)
          paired.add(items[heads + k].index)
        }
      }
      i = Math.max(end, i + 1)
    }
    return paired
  }
}

/** End of the run of items from `first` that are alike and joined as a pair is. */
function runEnd(items: readonly Item[], first: number, alike: (item: Item) => boolean): number {
  let end = first
  while (end < items.length && alike(items[end]) && (end === first || isJoint(items[end].gap))) end++
  return end
}

function isJoint(gap: string | undefined): boolean {
  return gap !== undefined && /^\s*(?:\/|and|&)\s*$/i.test(gap)
}

/** Of each item, the head that it leads up to without a break, if it is a dependent. */
function leadsToNext(items: readonly Item[]): (number | undefined)[] {
  const leads: (number | undefined)[] = new Array(items.length)
  for (let i = items.length - 2; i >= 0; i--) {
    const { gap, isHead, index } = items[i + 1]
    const open = gap !== undefined && isClose(gap)
    if (open && !items[i].isHead) leads[i] = isHead ? index : leads[i + 1]
  }
  return leads
}

/** Nothing stands between that separates, and one word of meaning at most. */
function isClose(gap: string): boolean {
  return !BREAK.test(gap) && countWords(gap.replace(GLUE, '')) <= 1
}
