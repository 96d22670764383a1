/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const names =
  'Adeyemi Brandt Castellano Dufresne Eriksen Farouk Gonzales Haraldsen Ibarra Jovanovic Kowalski Lindqvist'.split(
    ' '
  )
const problems = (
  'hypertension,type 2 diabetes mellitus,COPD,atrial fibrillation,chronic kidney disease,hypothyroidism,asthma,' +
  'congestive heart failure,osteoarthritis of the left knee,depression,iron deficiency anemia,gastroesophageal reflux disease'
).split(',')
const symptoms = (
  'chest pain,shortness of breath,nausea,lower extremity edema,dizziness,productive cough,headache,abdominal pain,fatigue,' +
  'palpitations,low back pain,blurred vision'
).split(',')
const drugs = (
  'lisinopril 10 mg p.o. daily,metformin 500 mg p.o. b.i.d.,aspirin 81 mg daily,furosemide 40 mg IV q.12h.,' +
  'albuterol 2 puffs q.4h. p.r.n.,warfarin 2.5 mg at bedtime,levothyroxine 75 mcg daily,atorvastatin 40 mg q.h.s.'
).split(',')
const studies = (
  'CT scan of the abdomen showed a 3 cm cyst in the right kidney,Echocardiogram revealed an ejection fraction of 45%,' +
  'Chest x-ray showed a left lower lobe infiltrate,MRI of the lumbar spine showed disk herniation at L4-L5,' +
  'ECG showed normal sinus rhythm without ST changes'
).split(',')
const procedures =
  'appendectomy,total knee arthroplasty,colonoscopy,cardiac catheterization,cataract extraction'.split(',')

/** Fictitious notes of about `words` words each, all different, the same for the same seed. */
export function fictitiousNotes(count: number, words: number, seed = 1): string[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => fictitiousNote(words, random))
}

function fictitiousNote(words: number, random: () => number): string {
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low))
  const woman = random() < 0.5
  const [he, his] = woman ? ['She', 'Her'] : ['He', 'His']
  const paragraphs: (() => string)[] = [
    () =>
      `${he} reports ${pick(symptoms)} for ${between(2, 20)} days and denies ${pick(symptoms)} or ${pick(symptoms)}.`,
    () =>
      `PAST MEDICAL HISTORY: ${pick(problems)}, ${pick(problems)}, status post ${pick(procedures)} in ${between(1995, 2020)}.`,
    () => `MEDICATIONS:\n1. ${pick(drugs)}.\n2. ${pick(drugs)}.\n3. ${pick(drugs)}.`,
    () =>
      `VITAL SIGNS: BP ${between(98, 170)}/${between(55, 100)}, pulse ${between(55, 120)}, temperature 98.${between(0, 9)}, SpO2 ${between(88, 100)}% on room air.`,
    () =>
      `LABORATORY DATA: Hemoglobin ${between(8, 16)}.${between(0, 9)}, creatinine ${between(0, 3)}.${between(1, 9)} mg/dL, potassium ${between(3, 5)}.${between(0, 9)}.`,
    () => `${pick(studies)}. There is no evidence of ${pick(problems)}.`,
    () => `ALLERGIES: ${random() < 0.5 ? 'No known drug allergies' : 'Penicillin, which causes hives'}.`,
    () =>
      `${his} father died of myocardial infarction at age ${between(45, 80)}; ${his.toLowerCase()} mother has ${pick(problems)}.`,
    () =>
      `The patient was taken to the operating room, prepped and draped, and ${pick(procedures)} was performed without complications.`,
    () => `PLAN: Possible ${pick(problems)}. Continue ${pick(drugs)} and follow up in ${between(1, 8)} weeks.`
  ]
  let note = `CHIEF COMPLAINT: ${pick(symptoms)}.\n\nHISTORY OF PRESENT ILLNESS: ${woman ? 'Ms.' : 'Mr.'} ${pick(names)} is a ${between(19, 92)}-year-old ${woman ? 'woman' : 'man'} with ${pick(problems)} and ${pick(problems)}.`
  let length = countWords(note)
  do {
    const paragraph = pick(paragraphs)()
    note += `\n${paragraph}`
    length += countWords(paragraph)
  } while (length < words)
  return note
}

function countWords(text: string): number {
  return text.split(/\s+/).length
}
