import { expect, test } from 'vitest'
import { toCsv } from '../../src/playground/csv.ts'
import { entity } from '../helpers/entity.ts'

/** The last field of the first row. */
function textField(text: string): string {
  return toCsv([entity({ text })])
    .split('\r\n')
    .slice(1)
    .join('\r\n')
    .slice('0,7,Drug_Name,0.9,'.length, -2)
}

test('rows end with CRLF, the first names the columns, and a byte order mark tells the encoding', () => {
  expect(
    toCsv([entity(), entity({ start: 9, end: 14, text: '81 mg', label: 'Dosage', confidence: 1 })])
  ).toBe('\uFEFFstart,end,label,confidence,text\r\n0,7,Drug_Name,0.9,aspirin\r\n9,14,Dosage,1,81 mg\r\n')
})

test.each([
  ['a, b', '"a, b"'],
  ['6" nail', '"6"" nail"'],
  ['two\nlines', '"two\nlines"'],
  ['two\rlines', '"two\rlines"'],
  ['37 \u00b0C \u{1F600}', '37 \u00b0C \u{1F600}']
])('%j is quoted where it must be', (text, field) => {
  expect(textField(text)).toBe(field)
})

test.each([
  ['=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['@SUM(1)', "'@SUM(1)"],
  ['+cmd|x', "'+cmd|x"],
  ['-2+3', "'-2+3"],
  ['\tx', "'\tx"]
])('%j is no formula in a spreadsheet', (text, field) => {
  expect(textField(text)).toBe(field)
})

test.each(['-2.5', '+1', '-10%', '- mild', '1=2'])('%j stays as it is unless it starts a formula', text => {
  expect(textField(text)).toBe(text === '- mild' ? "'- mild" : text)
})
