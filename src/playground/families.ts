/** Labels of one kind. They share a colour: 32 hues could not be told apart, and the label's name is always shown. */
export interface Family {
  /** names its colours in colors.css */
  readonly id: string
  readonly name: string
  /** in the order of the legend */
  readonly labels: readonly string[]
}

export const families: readonly Family[] = [
  { id: 'problem', name: 'Problems', labels: ['Symptom_Name', 'Diagnosis', 'Cause_of_death'] },
  {
    id: 'medication',
    name: 'Medication',
    labels: ['Drug_Name', 'Dosage', 'Route', 'Frequency', 'Drug_incident_description']
  },
  {
    id: 'procedure',
    name: 'Procedures',
    labels: ['Procedure_Name', 'Procedure', 'Procedure_Findings', 'Procedure_incident_description']
  },
  { id: 'laboratory', name: 'Laboratory', labels: ['Lab_Name', 'Lab_Result'] },
  {
    id: 'vital',
    name: 'Vital signs',
    labels: ['Blood_Pressure', 'Pulse_Rate', 'Respiratory_Rate', 'Temperature', 'O2_Saturation', 'Weight']
  },
  {
    id: 'agent',
    name: 'Agents',
    labels: ['Allergenic_substance', 'Substance_Name', 'Causative_Agents_(Virus_and_Bacteria)']
  },
  { id: 'qualifier', name: 'Qualifiers', labels: ['Negated', 'Negation', 'Maybe', 'Modifier'] },
  { id: 'person', name: 'Person', labels: ['Name', 'Age', 'Gender', 'Date_of_death'] },
  { id: 'document', name: 'Document', labels: ['Section_Name'] }
]

/** For the labels of other models. */
const other: Family = { id: 'other', name: 'Other', labels: [] }

const byLabel = new Map(families.flatMap(family => family.labels.map(label => [label, family] as const)))

export function familyOf(label: string): Family {
  return byLabel.get(label) ?? other
}

/** The families of some labels, each with those of its labels that are among them, in the order of the legend. */
export function groupByFamily(labels: Iterable<string>): { family: Family; labels: string[] }[] {
  const present = new Set(labels)
  const unknown = [...present].filter(label => familyOf(label) === other).sort()
  return [...families, { ...other, labels: unknown }]
    .map(family => ({ family, labels: family.labels.filter(label => present.has(label)) }))
    .filter(group => group.labels.length > 0)
}
