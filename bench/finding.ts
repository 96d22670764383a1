/** `x` is a ratio, with nothing behind the number. */
export type Unit = 'x' | '%' | 'ms' | 's' | 'MB' | 'MB per 1,000 requests'

export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** One measured number and what is wanted of it. */
export interface Finding {
  /** the question, and which of its numbers when it has several; a key of the baseline */
  readonly name: string
  readonly value: number
  /** of the samples behind `value` */
  readonly quartiles: readonly [number, number]
  readonly unit: Unit
  readonly goal: Goal
  /** the absolute figures behind the number */
  readonly detail: string
  /** share of the value by which it may get worse before a comparison fails; tails need more than medians */
  readonly tolerance?: number
}

export function meets(goal: Goal, value: number): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
}

const decimals: Readonly<Record<Unit, number>> = {
  x: 2,
  '%': 1,
  ms: 1,
  s: 2,
  MB: 0,
  'MB per 1,000 requests': 2
}

export function formatValue(value: number, unit: Unit): string {
  return `${value.toFixed(decimals[unit])}${unit === 'x' ? '' : ` ${unit}`}`
}

export function formatSpread([low, high]: Finding['quartiles'], unit: Unit): string {
  return `${low.toFixed(decimals[unit])} to ${formatValue(high, unit)}`
}

export function formatGoal(goal: Goal, unit: Unit): string {
  return 'atLeast' in goal
    ? `at least ${formatValue(goal.atLeast, unit)}`
    : `at most ${formatValue(goal.atMost, unit)}`
}
