import { type Finding, formatValue, meets, type Unit } from './finding.ts'
import type { Machine } from './machine.ts'
import { type Answer, isJudged, markdownTable } from './report.ts'

/** A figure as it was, and the worst that a later one may be. */
export interface Figure {
  readonly value: number
  readonly worst: number
}

/** The content of baseline.json. */
export interface Baseline {
  readonly machine: Machine
  /** by the name of the finding */
  readonly figures: Readonly<Record<string, Figure>>
}

export interface Comparison {
  readonly finding: Finding
  readonly figure: Figure | undefined
  readonly outcome: 'ok' | 'worse' | 'no figure' | 'no verdict'
}

const TOLERANCE = 0.1

/** Only what has both sides in the same run says something about another machine, or another day. */
const comparable: ReadonlySet<Unit> = new Set(['x', '%'])

/** The baseline with what was measured now; figures of another machine or model are not kept beside it. */
export function renew(
  baseline: Baseline | undefined,
  machine: Machine,
  answers: readonly Answer[]
): Baseline {
  const same = baseline !== undefined && JSON.stringify(baseline.machine) === JSON.stringify(machine)
  const figures = { ...(same && baseline.figures) }
  for (const { findings } of answers.filter(isJudged)) {
    for (const finding of findings.filter(isComparable)) figures[finding.name] = toFigure(finding)
  }
  return { machine, figures }
}

/** Each comparable finding against its figure. */
export function compare({ figures }: Baseline, answers: readonly Answer[]): Comparison[] {
  return answers.flatMap(answer =>
    answer.findings.filter(isComparable).map((finding): Comparison => {
      const figure = figures[finding.name]
      if (!isJudged(answer)) return { finding, figure, outcome: 'no verdict' }
      if (!figure) return { finding, figure, outcome: 'no figure' }
      const { worst } = figure
      const bound = 'atLeast' in finding.goal ? { atLeast: worst } : { atMost: worst }
      return { finding, figure, outcome: meets(bound, finding.value) ? 'ok' : 'worse' }
    })
  )
}

export function formatComparisons(comparisons: readonly Comparison[]): string {
  return markdownTable(
    ['question', 'measured', 'baseline', 'worst allowed', 'ok'],
    comparisons.map(({ finding: { name, value, unit }, figure, outcome }) => [
      name,
      formatValue(value, unit),
      figure ? formatValue(figure.value, unit) : '–',
      figure ? formatValue(figure.worst, unit) : '–',
      outcome === 'ok' ? 'yes' : outcome
    ])
  )
}

function isComparable({ unit }: Finding): boolean {
  return comparable.has(unit)
}

function toFigure({ value, goal, tolerance = TOLERANCE }: Finding): Figure {
  const worst = 'atLeast' in goal ? value * (1 - tolerance) : value * (1 + tolerance)
  return { value: rounded(value), worst: rounded(worst) }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
