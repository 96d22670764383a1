import type { Span } from '../span.ts'

export interface LabeledSpan extends Span {
  readonly label: string
}

export interface ScoredSpan extends LabeledSpan {
  readonly confidence: number
}

/** One text: what was annotated, what was found, and its tokens for the token-level measure. */
export interface ScoredText {
  readonly gold: readonly LabeledSpan[]
  readonly found: readonly ScoredSpan[]
  readonly tokens: readonly Span[]
}

export class Counts {
  correct = 0
  found = 0
  gold = 0

  get precision(): number {
    return this.found === 0 ? 0 : this.correct / this.found
  }

  get recall(): number {
    return this.gold === 0 ? 0 : this.correct / this.gold
  }

  get f1(): number {
    return this.found + this.gold === 0 ? 0 : (2 * this.correct) / (this.found + this.gold)
  }
}

/** Found entities whose confidence lies in one tenth of [0, 1]. */
export interface CalibrationBin {
  count: number
  correct: number
  confidence: number
}

export interface Scores {
  /** exact span and label */
  readonly micro: Counts
  readonly labels: ReadonlyMap<string, Counts>
  /** same label, spans that overlap */
  readonly partial: Counts
  /** exact IOB2 tag a token, O left out: the measure of the original's published table */
  readonly token: Counts
  /** entities with the right span: how often a gold label (first) was found as another (second) */
  readonly confusion: ReadonlyMap<string, number>
  readonly calibration: readonly CalibrationBin[]
}

const BINS = 10

/** Scores texts against their annotation; counts are over all texts (micro). */
export function scoreTexts(texts: Iterable<ScoredText>): Scores {
  const labels = new Map<string, Counts>()
  const of = (label: string): Counts => {
    const counts = labels.get(label) ?? new Counts()
    labels.set(label, counts)
    return counts
  }
  const scores = {
    micro: new Counts(),
    labels,
    partial: new Counts(),
    token: new Counts(),
    confusion: new Map<string, number>(),
    calibration: Array.from({ length: BINS }, (): CalibrationBin => ({ count: 0, correct: 0, confidence: 0 }))
  }
  for (const { gold, found, tokens } of texts) {
    const annotated = new Map(gold.map(span => [`${span.start}-${span.end}`, span.label]))
    for (const { label } of gold) of(label).gold++
    for (const span of found) {
      const right = annotated.get(`${span.start}-${span.end}`)
      of(span.label).found++
      if (right === span.label) of(span.label).correct++
      else if (right) {
        const pair = `${right} -> ${span.label}`
        scores.confusion.set(pair, (scores.confusion.get(pair) ?? 0) + 1)
      }
      const bin = scores.calibration[Math.min(BINS - 1, Math.floor(span.confidence * BINS))]
      bin.count++
      bin.confidence += span.confidence
      if (right === span.label) bin.correct++
    }
    countPartial(scores.partial, gold, found)
    countTokens(scores.token, tokens, gold, found)
  }
  for (const { correct, found, gold } of labels.values()) {
    scores.micro.correct += correct
    scores.micro.found += found
    scores.micro.gold += gold
  }
  return scores
}

/** Mean F1 of the labels with at least `atLeast` annotated entities. */
export function macroF1({ labels }: Scores, atLeast: number): number {
  const chosen = [...labels.values()].filter(({ gold }) => gold >= atLeast)
  return chosen.reduce((sum, { f1 }) => sum + f1, 0) / Math.max(1, chosen.length)
}

/** Expected calibration error: mean distance of confidence and accuracy over the bins, weighed by their counts. */
export function calibrationError({ calibration }: Scores): number {
  const total = calibration.reduce((sum, { count }) => sum + count, 0)
  return (
    calibration.reduce((sum, { correct, confidence }) => sum + Math.abs(correct - confidence), 0) /
    Math.max(1, total)
  )
}

/** A gold and a found entity match once, in the order of the text. */
function countPartial(counts: Counts, gold: readonly LabeledSpan[], found: readonly LabeledSpan[]): void {
  const open = [...gold]
  for (const span of found) {
    const match = open.findIndex(
      ({ start, end, label }) => label === span.label && start < span.end && span.start < end
    )
    if (match < 0) continue
    open.splice(match, 1)
    counts.correct++
  }
  counts.gold += gold.length
  counts.found += found.length
}

function countTokens(
  counts: Counts,
  tokens: readonly Span[],
  gold: readonly LabeledSpan[],
  found: readonly LabeledSpan[]
): void {
  const right = tagTokens(tokens, inOrder(gold))
  const mine = tagTokens(tokens, inOrder(found))
  for (let i = 0; i < tokens.length; i++) {
    if (right[i] !== 'O') counts.gold++
    if (mine[i] !== 'O') counts.found++
    if (mine[i] !== 'O' && mine[i] === right[i]) counts.correct++
  }
}

function inOrder(spans: readonly LabeledSpan[]): LabeledSpan[] {
  return [...spans].sort((a, b) => a.start - b.start)
}

/** IOB2 tags of sorted tokens; spans are sorted and do not overlap. */
function tagTokens(tokens: readonly Span[], spans: readonly LabeledSpan[]): string[] {
  let next = 0
  let begun = false
  return tokens.map(({ start, end }) => {
    while (next < spans.length && spans[next].end <= start) {
      next++
      begun = false
    }
    const span = spans[next]
    if (!span || span.start >= end) return 'O'
    const tag = `${begun ? 'I' : 'B'}-${span.label}`
    begun = true
    return tag
  })
}
