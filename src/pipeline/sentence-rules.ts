/**
 * The words behind the sentence rules, as data. All are lower case and without their closing period.
 * Sources: abbreviations common in clinical dictation; the lists of the pragmatic segmenter family.
 */

/** A period after one of these never ends a sentence: something always follows. */
export const neverFinal: ReadonlySet<string> = new Set(
  'dr mr mrs ms prof st sr jr vs v no nos fig figs approx ca cf eg ie viz resp rev hon gen col sgt capt lt dept mt ft ave blvd'.split(
    ' '
  )
)

/** A period after one of these ends a sentence only before a word that opens one. */
export const seldomFinal: ReadonlySet<string> = new Set(
  (
    'pt pts hx dx rx tx sx fx px tab tabs cap caps gtt gtts inj susp soln supp amp ext int lat med meds post ant sup inf ' +
    'bilat temp resp wt ht abd neuro jan feb mar apr jun jul aug sep sept oct nov dec etc al inc ltd co corp est ed diff ' +
    'esp incl max staph strep vit hep grav cath mon tue tues wed thu thur thurs fri sat sun'
  ).split(' ')
)

/** Words that open a sentence, for the cases where a capital letter alone does not say so. */
export const openers: ReadonlySet<string> = new Set(
  (
    'a an the this that these those there he she his her it its they their we our i my you your patient mr mrs ms dr on in at after ' +
    'before during under upon once then with without for from to if as at no all when while since because however although also ' +
    'additionally today currently now next both one two follow following past'
  ).split(' ')
)

/** Openers that nothing but a sentence begins with, for text in capitals, where "P.O. AT BEDTIME" is common. */
export const capitalOpeners: ReadonlySet<string> = new Set(
  'he she they we i his her their our the this these patient'.split(' ')
)

/** Before an initial, these say that a name follows: "seen by E. Whitcombe", not "hepatitis C. She". */
export const beforeNames: ReadonlySet<string> = new Set('by with from per and see to'.split(' '))
