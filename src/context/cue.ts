import type { Span } from '../span.ts'
import type { Assertion } from './assertion.ts'
import * as words from './cues.ts'
import type { Mention } from './mention.ts'

export type CueLabel = 'Negated' | 'Negation' | 'Maybe'

/** A cue, or several that act as one ("cannot rule out"). */
export interface Cue extends Span {
  readonly text: string
  readonly label: CueLabel
  readonly status: Exclude<Assertion['status'], 'present'>
}

const cueLabels: ReadonlySet<string> = new Set<CueLabel>(['Negated', 'Negation', 'Maybe'])

export function isCueLabel(label: string): label is CueLabel {
  return cueLabels.has(label)
}

/**
 * The cue that an entity is; undefined when it only looks like one ("no change in").
 * @param before the text since the mention before it
 * @param after the text that follows it
 */
export function toCue(
  text: string,
  mention: Mention,
  label: CueLabel,
  before: string,
  after: string
): Cue | undefined {
  const { start, end } = mention
  const own = text.slice(start, end)
  const cue = (status: Cue['status'], from = start, to = end): Cue => ({
    start: from,
    end: to,
    text: text.slice(from, to).toLowerCase(),
    label,
    status
  })
  if (words.excluded.test(own)) {
    if (words.negatedExclusion.test(own) || words.plansExclusion.test(before)) return cue('possible')
    const not = words.negatesExclusion.exec(before)
    return not ? cue('possible', start - before.length + not.index) : cue('absent')
  }
  if (label === 'Maybe' || words.toExclude.test(own) || words.negatedExclusion.test(own))
    return cue('possible')
  if (words.pseudoNegation.test(own.replace(/^\S+/, '') + after)) return undefined
  if (words.doubtfulNegation.test(after)) return cue('possible')
  const exclusion = words.deniesExclusion.exec(after)
  return exclusion ? cue('possible', start, end + exclusion[0].length) : cue('absent')
}

/**
 * Two cues, one right after the other, as one; undefined when each stands for itself. An exclusion that is denied is
 * a doubt, with both as its cue; otherwise the first governs the second: "not suspected" is absent, "may not" possible.
 */
export function combine(first: Cue, second: Cue, text: string): Cue | undefined {
  const exclusion = words.excluded.test(second.text) || words.toExclude.test(second.text)
  if (first.label !== 'Maybe') {
    if (exclusion) {
      const own = text.slice(first.start, second.end).toLowerCase()
      return { ...first, end: second.end, text: own, status: 'possible' }
    }
    return second.label === 'Maybe' ? { ...first, text: second.text } : undefined
  }
  if (second.label === 'Maybe') return exclusion ? undefined : second
  return words.modal.test(first.text) ? first : undefined
}
