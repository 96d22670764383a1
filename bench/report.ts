import { type Finding, formatGoal, formatSpread, formatValue, meets } from './finding.ts'
import { FOREIGN_LIMIT } from './interference.ts'

/** What came of a question. */
export interface Answer {
  readonly question: string
  readonly findings: readonly Finding[]
  /** CPU that others used meanwhile, as a share of one core */
  readonly foreign: number
  /** too few and too short samples to say anything */
  readonly quick: boolean
}

/** Whether the figures of an answer can be believed. */
export function isJudged({ foreign, quick }: Answer): boolean {
  return !quick && foreign <= FOREIGN_LIMIT
}

export function formatAnswers(answers: readonly Answer[]): string {
  return markdownTable(
    ['question', 'measured', 'spread', 'goal', 'ok'],
    answers.flatMap(answer =>
      answer.findings.map(({ name, value, quartiles, unit, goal, detail }) => [
        name,
        `${formatValue(value, unit)} (${detail})`,
        formatSpread(quartiles, unit),
        formatGoal(goal, unit),
        isJudged(answer) ? (meets(goal, value) ? 'yes' : 'no') : 'no verdict'
      ])
    )
  )
}

/** A line for each question that others disturbed. */
export function formatWarnings(answers: readonly Answer[]): string[] {
  return answers
    .filter(({ foreign }) => foreign > FOREIGN_LIMIT)
    .map(
      ({ question, foreign }) =>
        `No verdict on ${question}: other processes used ${Math.round(foreign * 100)} % of a core meanwhile; ` +
        `at most ${FOREIGN_LIMIT * 100} % is let pass.`
    )
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
