import type { Recognizer } from '../../src/recognition/recognizer.ts'

/** A row of a table of labels: what is to be found in an example stands in bold. */
interface LabelExample {
  readonly label: string
  readonly meaning: string
  readonly example: string
}

/** Rows `| label | meaning | example | ... |` of a Markdown table. */
export function labelExamples(table: string): LabelExample[] {
  return Array.from(
    table.matchAll(/^\| `([^`]+)` \| (.*?) \| (.*?) \|/gm),
    ([, label, meaning, example]) => ({ label, meaning, example })
  )
}

/** The text of an example, and where what is to be found in it stands. */
export function parseExample(example: string): { text: string; start: number; end: number } {
  const [before, inside, after, ...more] = example.split('**')
  if (after === undefined || more.length > 0) throw new Error(`Not one span in bold: ${example}`)
  return { text: before + inside + after, start: before.length, end: before.length + inside.length }
}

/** What the model finds where the example says: `yes`, or what it says instead. */
export async function verdictOf(recognizer: Recognizer, { label, example }: LabelExample): Promise<string> {
  const { text, start, end } = parseExample(example)
  const { outcomes } = await recognizer.recognize([{ text }])
  if ('error' in outcomes[0]) throw outcomes[0].error
  const touching = outcomes[0].analyzed.entities.filter(one => one.start < end && one.end > start)
  if (touching.some(one => one.start === start && one.end === end && one.label === label)) return 'yes'
  if (touching.length === 0) return 'no'
  return `no: ${touching.map(one => `“${text.slice(one.start, one.end)}” as \`${one.label}\``).join(', ')}`
}
