import type { Cue } from './cue.ts'
import * as words from './cues.ts'
import { countWords } from './mention.ts'

/** What a cue can speak of: something found, or something done or taken. */
export type Kind = 'finding' | 'act'

/** Words that may stand between a cue and the first mention of its scope, between one and the next, or a cue. */
const FIRST_WORDS = 10
const NEXT_WORDS = 8
const CUE_WORDS = 4

/** How a mention stands to an open scope. */
export type Reach = 'covered' | 'pending' | 'alternative' | 'beyond'

/**
 * The reach of a cue over what follows it in its clause. A list of a doubt in one word ("possible") goes on with
 * alternatives alone, so that a member after a comma waits for an "or".
 */
export class Scope {
  readonly cue: Cue
  /** of its first mention */
  #kind: Kind | undefined

  constructor(cue: Cue) {
    this.cue = cue
  }

  /** Whether a mention belongs to the scope, which ends with the first that does not. */
  reach(kind: Kind, gap: string): Reach {
    if (words.endsScope.test(gap)) return 'beyond'
    if (this.#kind === undefined) {
      if (!this.#opensWith(kind, gap)) return 'beyond'
      this.#kind = kind
      return 'covered'
    }
    if (kind !== this.#kind) return 'beyond'
    return this.#goesOn(gap)
  }

  /** Whether the scope, which has no mention yet, holds over another cue: "no signs suggestive of". */
  holdsOver(next: Cue, gap: string): boolean {
    return (
      this.#kind === undefined &&
      next.label !== this.cue.label &&
      countWords(gap) <= CUE_WORDS &&
      !/[,;:]|\band\b/i.test(gap) &&
      !words.endsScope.test(gap) &&
      !words.beginsStatement.test(gap)
    )
  }

  #opensWith(kind: Kind, gap: string): boolean {
    const { text, label, status } = this.cue
    if (countWords(gap) > FIRST_WORDS) return false
    if (/[;:]/.test(gap) && !words.listingCue.test(text)) return false
    if (words.verbalCue.test(text) && /,|\band\b/i.test(gap)) return false
    if (status === 'absent' && words.namesCause.test(gap)) return false
    if (kind === 'act') return !words.impliesTreatment.test(gap)
    return label !== 'Negation' || !words.namesReason.test(gap)
  }

  #goesOn(gap: string): Reach {
    const { text, label } = this.cue
    const listed = words.coordination.test(gap)
    if (words.adjectivalDoubt.test(text)) {
      if (words.alternative.test(gap)) return 'alternative'
      return /^\s*,\s*$/.test(gap) ? 'pending' : 'beyond'
    }
    if (listed || (words.listingCue.test(text) && words.semicolon.test(gap))) return 'covered'
    if (label === 'Maybe' || label === 'Negation' || words.verbalCue.test(text)) return 'beyond'
    return countWords(gap) <= NEXT_WORDS && !words.beginsStatement.test(gap) ? 'covered' : 'beyond'
  }
}

/**
 * Whether a cue speaks of the list that stands before it: "was ruled out".
 * @param kind of the list
 * @param gap the text between the list and the cue
 * @param after the text that follows the cue
 */
export function speaksBack({ text, status }: Cue, kind: Kind, gap: string, after: string): boolean {
  if (!words.linksBack.test(gap)) return false
  const copula = words.hasCopula.test(gap)
  const separated = /[:(\u2013\u2014-]/.test(gap)
  const ends = words.endsStatement.test(after)
  if (words.negatedExclusion.test(text)) return true
  if (words.followsFinding.test(text) || words.excluded.test(text)) return copula || separated || ends
  if (words.followsAction.test(text)) return kind === 'act' && (copula || ends)
  if (words.verbalCue.test(text)) return words.existence.test(after)
  if (words.prepositional.test(text)) return false
  if (status === 'possible') return ends
  return separated && ends
}
