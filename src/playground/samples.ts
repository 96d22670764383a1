/** A fictitious note to try. */
export interface Sample {
  readonly name: string
  readonly text: string
}

const visit = `FOLLOW-UP VISIT

Ms. Ferreira is a 58-year-old woman with type 2 diabetes mellitus, hypertension and hyperlipidemia who returns for routine follow-up. She reports occasional mild burning pain in both feet, worse at night. She denies chest pain, shortness of breath, polyuria or visual changes. No hypoglycemia since her last visit.

CURRENT MEDICATIONS:
1. Metformin 1000 mg p.o. b.i.d.
2. Lisinopril 20 mg p.o. daily.
3. Atorvastatin 40 mg p.o. at bedtime.
4. Insulin glargine 18 units subcutaneously at bedtime.
5. Aspirin 81 mg p.o. daily.
6. Acetaminophen 500 mg p.o. q.6h. p.r.n.

ALLERGIES: Penicillin causes hives. Codeine causes nausea.

SOCIAL HISTORY: She quit smoking 12 years ago and drinks wine once a week. No illicit drugs.

VITAL SIGNS: Blood pressure 148/86, pulse 78, respirations 16, temperature 98.4, O2 saturation 98% on room air, weight 84 kg.

PHYSICAL EXAMINATION:
HEENT: No retinopathy seen on undilated examination.
LUNGS: Clear to auscultation.
EXTREMITIES: Trace ankle edema. Decreased sensation to monofilament in both feet.

LABORATORY DATA: Hemoglobin A1c 8.2%, creatinine 1.1 mg/dL, LDL 96 mg/dL, urine microalbumin elevated.

ASSESSMENT AND PLAN:
1. Type 2 diabetes mellitus, poorly controlled. Increase insulin glargine to 22 units.
2. Probable diabetic peripheral neuropathy. Start gabapentin 300 mg p.o. at bedtime.
3. Hypertension, not at goal. Increase lisinopril to 40 mg daily and repeat the basic metabolic panel in 2 weeks.
`

const discharge = `DISCHARGE SUMMARY

DISCHARGE DIAGNOSES:
1. Acute on chronic systolic congestive heart failure.
2. Community-acquired pneumonia.
3. Atrial fibrillation with rapid ventricular response.
4. Chronic kidney disease, stage 3.

HISTORY OF PRESENT ILLNESS: Mr. Halvorsen is a 74-year-old gentleman who presented with 4 days of worsening dyspnea, orthopnea and productive cough. He denied fever, hemoptysis or syncope. His wife noted increasing leg swelling and confusion.

PROCEDURES:
1. Transthoracic echocardiogram: ejection fraction of 30%, moderate mitral regurgitation, no pericardial effusion.
2. Chest x-ray: right lower lobe infiltrate and small bilateral pleural effusions.
3. Right-sided thoracentesis under ultrasound guidance, 900 mL of straw-colored fluid removed. No pneumothorax.

HOSPITAL COURSE: The patient was given furosemide 40 mg IV b.i.d. with brisk diuresis and ceftriaxone 1 g IV daily with azithromycin. Sputum culture grew Streptococcus pneumoniae. On day 2 he developed a diffuse pruritic rash, likely due to ceftriaxone, which was changed to levofloxacin. Heart rate was controlled with metoprolol. He did not require intubation. BNP fell from 1,840 to 610 and creatinine remained stable at 1.7.

CONDITION AT DISCHARGE: Improved. Blood pressure 118/70, heart rate 76, respiratory rate 18, temperature 36.8, oxygen saturation 95% on 2 liters nasal cannula. Weight 79.4 kg.

DISCHARGE MEDICATIONS:
1. Furosemide 40 mg by mouth twice daily.
2. Metoprolol succinate 50 mg by mouth once daily.
3. Apixaban 5 mg by mouth twice daily.
4. Levofloxacin 500 mg by mouth daily for 4 more days.

ALLERGIES: Ceftriaxone.

FOLLOWUP: With Dr. Lindqvist in 1 week. He was told to avoid ibuprofen and salt.
`

const radiology = `EXAM: CT CHEST WITH CONTRAST

CLINICAL HISTORY: 66-year-old male, heavy smoker, with hemoptysis and unintentional weight loss. Rule out malignancy.

TECHNIQUE: Helical CT of the chest was performed after administration of 80 mL of Omnipaque 350 IV. No adverse reaction.

COMPARISON: Chest radiograph of the previous week.

FINDINGS:
LUNGS: There is a 3.2 cm spiculated mass in the left upper lobe, suspicious for bronchogenic carcinoma. Several smaller nodules are seen in the right lower lobe, the largest 6 mm. Moderate centrilobular emphysema. No consolidation.
PLEURA: Small left pleural effusion. No pneumothorax.
MEDIASTINUM: Enlarged left hilar and subcarinal lymph nodes, up to 1.8 cm. No pericardial effusion. The heart is not enlarged.
BONES: Mild degenerative changes of the thoracic spine. No lytic lesion.
UPPER ABDOMEN: A 1.1 cm hypodense lesion in the right hepatic lobe is indeterminate and may represent a cyst.

IMPRESSION:
1. Left upper lobe mass, most likely primary lung cancer, with left hilar and mediastinal lymphadenopathy. PET/CT and tissue biopsy are recommended.
2. Indeterminate liver lesion; MRI of the abdomen is suggested.
3. Emphysema.

Read by: Marta Solheim, MD
`

const operative = `OPERATIVE REPORT

PREOPERATIVE DIAGNOSIS: Acute cholecystitis with cholelithiasis.
POSTOPERATIVE DIAGNOSIS: Acute gangrenous cholecystitis.
PROCEDURE PERFORMED: Laparoscopic cholecystectomy with intraoperative cholangiogram.
SURGEON: Ngozi Abara, MD
ANESTHESIA: General endotracheal.
ESTIMATED BLOOD LOSS: 50 mL.
COMPLICATIONS: None.

INDICATIONS: The patient is a 43-year-old woman with 2 days of right upper quadrant pain, nausea and vomiting. Ultrasound showed gallstones, gallbladder wall thickening and pericholecystic fluid. The risks of bleeding, infection, bile duct injury and conversion to an open procedure were explained to her, and she agreed.

DESCRIPTION OF PROCEDURE: The patient was taken to the operating room and placed supine. After induction of general anesthesia, cefazolin 2 g IV was given. The abdomen was prepped and draped. A supraumbilical incision was made and pneumoperitoneum was established. Three further trocars were inserted under direct vision. The gallbladder was tense, inflamed and focally gangrenous; it was decompressed with a needle. Dense adhesions of the omentum were taken down bluntly. The cystic duct and artery were dissected and the critical view of safety was obtained. A cholangiogram showed no filling defects and free flow of contrast into the duodenum. The duct and artery were clipped and divided. The gallbladder was removed from the liver bed with electrocautery and extracted in a bag. Hemostasis was excellent. The field was irrigated with 1 liter of normal saline. A 19-French drain was left in the subhepatic space. The fascia was closed with 0 Vicryl and 0.25% bupivacaine 20 mL was injected at the port sites.

The patient tolerated the procedure well and was extubated without difficulty.
`

const emergency =
  'CHIEF COMPLAINT: CHEST PAIN. HPI: 51 YO MALE WITH HISTORY OF CORONARY ARTERY DISEASE AND HYPERTENSION, BROUGHT IN BY EMS WITH SUDDEN SEVERE SUBSTERNAL CHEST PRESSURE RADIATING TO LEFT ARM, DIAPHORESIS AND NAUSEA, 8/10. DENIES SYNCOPE, FEVER OR COUGH. EMS GAVE ASPIRIN 324 MG PO AND NITROGLYCERIN 0.4 MG SL X2 WITHOUT RELIEF. MEDS: METOPROLOL 25 MG BID, LIPITOR 80 MG DAILY. ALLERGIES: MORPHINE (ITCHING), LATEX. VITALS: BP 162/94, HR 104, RR 22, T 98.1, SPO2 94% ON RA. EXAM: ANXIOUS, DIAPHORETIC, NO JVD, LUNGS CLEAR, NO PEDAL EDEMA. EKG: ST ELEVATION IN II, III AND AVF. TROPONIN 2.41, POTASSIUM 3.9, HGB 14.2, CXR WITHOUT INFILTRATE. IMPRESSION: ACUTE INFERIOR STEMI, R/O RIGHT VENTRICULAR INFARCT. PLAN: HEPARIN 60 UNITS/KG IV BOLUS, CLOPIDOGREL 600 MG PO ONCE, FENTANYL 50 MCG IV, EMERGENT CARDIAC CATHETERIZATION. DR. OYELARAN OF CARDIOLOGY AT BEDSIDE.'

const progress = `ICU PROGRESS NOTE, DAY 3

SUBJECTIVE: Intubated and sedated. Overnight she was febrile with increasing vasopressor requirement. No seizures.

OBJECTIVE:
T 39.1 \u00b0C, HR 122, BP 88/46, RR 24, SpO2 91% on FiO2 0.60. Weight 68 kg.
GENERAL: Acutely ill elderly female.
CHEST: Coarse rhonchi bilaterally.
ABDOMEN: Distended, no rebound tenderness.
SKIN: Mottled knees; stage 2 sacral ulcer.

LABS: WBC 23.4, hemoglobin 8.1, platelets 74, lactate 4.6 mmol/L, sodium 148, creatinine 2.9 (was 1.4), procalcitonin 31 ng/mL. ABG: pH 7.21, pCO2 52, pO2 63. Blood cultures positive for methicillin-resistant Staphylococcus aureus. C. difficile toxin negative.

MEDICATIONS: Norepinephrine 0.3 mcg/kg/min IV, vancomycin 1.25 g IV q.24h., meropenem 1 g IV q.12h., propofol infusion, pantoprazole 40 mg IV daily, heparin 5000 units subcutaneously q.8h.

ASSESSMENT AND PLAN:
1. Septic shock, most likely from ventilator-associated pneumonia. Continue vancomycin; target trough 15 to 20.
2. ARDS. Lung-protective ventilation, prone positioning.
3. Acute kidney injury, worsening. Possible acute tubular necrosis. Nephrology to evaluate for dialysis. Avoid nephrotoxins.
4. Thrombocytopenia: suspected heparin-induced. Stop heparin and send PF4 antibody.
5. Goals of care were discussed with her son. He did not want chest compressions.
`

const death = `DEATH SUMMARY

NAME: Harriet Blomgren
DATE OF DEATH: 03/14/2021
AGE: 86
CAUSE OF DEATH: Cardiorespiratory arrest due to aspiration pneumonia.

HISTORY: The patient was an 86-year-old woman with advanced Alzheimer dementia, Parkinson disease and recurrent falls who was admitted from a nursing home with fever, hypoxia and decreased level of consciousness. Her daughter reported poor oral intake and coughing with meals.

HOSPITAL COURSE: Chest x-ray showed bilateral lower lobe infiltrates. She was treated with piperacillin-tazobactam 3.375 g IV q.6h. and IV fluids. Swallow evaluation showed severe dysphagia with silent aspiration. On the third day she became progressively hypotensive and unresponsive. The family declined intubation and vasopressors, and she was placed on comfort care with morphine 2 mg IV p.r.n. and lorazepam. She died peacefully at 04:20. No autopsy was requested.
`

/** Kinds of note that differ in form as well as in subject. */
export const samples: readonly Sample[] = [
  { name: 'Visit note with medications', text: visit },
  { name: 'Discharge summary', text: discharge },
  { name: 'Radiology report', text: radiology },
  { name: 'Operative report', text: operative },
  { name: 'Emergency note, one line in capitals', text: emergency },
  { name: 'Intensive care progress note', text: progress },
  { name: 'Death summary', text: death }
]
