import { type Counts, calibrationError, macroF1, type Scores } from './scores.ts'

/** Scores as a table for a terminal. */
export function formatScores(scores: Scores): string {
  const width = Math.max(...[...scores.labels.keys(), 'token-level micro'].map(label => label.length)) + 2
  const line = (name: string, { precision, recall, f1, gold }: Counts): string =>
    name.padEnd(width) +
    [precision, recall, f1].map(value => value.toFixed(3).padStart(10)).join('') +
    String(gold).padStart(8)
  const sorted = [...scores.labels].sort(([a], [b]) => a.localeCompare(b))
  const confused = [...scores.confusion].sort(([, a], [, b]) => b - a).slice(0, 10)
  return [
    `${'label'.padEnd(width)}${['precision', 'recall', 'F1'].map(name => name.padStart(10)).join('')}${'gold'.padStart(8)}`,
    ...sorted.map(([label, counts]) => line(label, counts)),
    '',
    line('exact-span micro', scores.micro),
    line('partial micro', scores.partial),
    line('token-level micro', scores.token),
    `macro F1 (labels with 10 or more): ${macroF1(scores, 10).toFixed(4)}`,
    `exact-span micro F1: ${scores.micro.f1.toFixed(4)}`,
    `expected calibration error: ${calibrationError(scores).toFixed(4)}`,
    '',
    'right span, other label:',
    ...confused.map(([pair, count]) => `  ${String(count).padStart(4)}  ${pair}`)
  ].join('\n')
}

/** Scores for programs. */
export function scoresAsJson(scores: Scores): object {
  const plain = ({ precision, recall, f1, gold, found, correct }: Counts) => ({
    precision,
    recall,
    f1,
    gold,
    found,
    correct
  })
  return {
    micro: plain(scores.micro),
    partial: plain(scores.partial),
    token: plain(scores.token),
    macroF1: macroF1(scores, 10),
    calibrationError: calibrationError(scores),
    calibration: scores.calibration,
    labels: Object.fromEntries([...scores.labels].sort().map(([label, counts]) => [label, plain(counts)])),
    confusion: Object.fromEntries([...scores.confusion].sort(([, a], [, b]) => b - a))
  }
}
