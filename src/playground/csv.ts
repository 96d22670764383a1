import type { Entity } from '../schemas/entity.ts'

const columns = ['start', 'end', 'label', 'confidence', 'text'] as const satisfies readonly (keyof Entity)[]

/**
 * Entities as CSV (RFC 4180), for spreadsheets: with a byte order mark, without which Excel takes UTF-8 for Latin-1,
 * and with an apostrophe before what a spreadsheet would run as a formula.
 */
export function toCsv(entities: readonly Entity[]): string {
  const rows = entities.map(entity => columns.map(column => field(entity[column])).join(','))
  return `\uFEFF${[columns.join(','), ...rows].join('\r\n')}\r\n`
}

function field(value: string | number): string {
  const text = typeof value === 'string' && isFormula(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A signed number, such as a base excess of -2.5, is none. */
function isFormula(text: string): boolean {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(?:\.\d+)?%?$/.test(text)
}
