import type { Dice } from './dice.ts'

/** Stands in every text and name that is made here: wherever it is found but in the answer to its text, it has leaked. */
export const CANARY = 'Zqxjkvb'

const words =
  'Patient denies chest pain. Takes aspirin 81 mg p.o. daily. ALLERGIES: Penicillin. BP 142/88; pulse 84, SpO2 97% q.4h. No. 3 Dr. She'.split(
    ' '
  )

/** What is hard to count, to split or to send. */
export const hard: readonly string[] = [
  '😀',
  '👩🏽‍⚕️',
  '𝒙',
  'e\u0301',
  '\u0301\u0301\u0301',
  '\ud83d',
  '\ude00',
  '\u0000',
  '\u0007',
  '\u001f',
  '\u007f',
  '\u0085',
  '\u00a0',
  '\u200b',
  '\u200d',
  '\u202e',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\ufffd',
  '\uffff',
  '\u{10ffff}',
  'שלום',
  'مرحبا',
  '漢字',
  'ﬁ',
  'İ',
  '\r\n',
  '\r',
  '\t',
  '"',
  '\\',
  '\\u0000',
  '</script>',
  '{{7*7}}',
  '%s%n',
  "' OR 1=1 --",
  '$(reboot)'
]

/** A text of words and of what is hard. */
export function anyText(dice: Dice, most = 30): string {
  const pieces = dice.list(most, () => (dice.chance(0.25) ? dice.pick(hard) : `${dice.pick(words)} `))
  const text = `${CANARY} ${pieces.join('')}`
  if (dice.chance(0.02)) return text.repeat(1 + dice.below(40))
  if (dice.chance(0.005)) return CANARY.repeat(1 + dice.below(4000))
  if (dice.chance(0.05)) return dice.pick(hard).repeat(1 + dice.below(300))
  return text
}
