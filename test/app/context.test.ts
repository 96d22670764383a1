import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createInProcessRecognizer } from '../../src/recognition/in-process.ts'
import type { Recognizer } from '../../src/recognition/recognizer.ts'
import type { NerResponse } from '../../src/schemas/ner.ts'
import { readAnnotated } from '../context/annotated.ts'
import { testApp } from '../helpers/build-app.ts'
import { expectProblem } from '../helpers/expect-problem.ts'
import { modelFolder } from '../helpers/model-folder.ts'

const options = { include: ['assertion', 'section', 'relations'] }

let recognizer: Recognizer
beforeAll(async () => {
  recognizer = await createInProcessRecognizer(modelFolder)
})
afterAll(() => recognizer.close())

/** The app of a test closes its recognizer; this one is for all. */
const shared = (): Recognizer => ({ ...recognizer, close: async () => {} })

async function ask(payload: object): Promise<NerResponse> {
  const { app } = await testApp({ recognizer: shared() })
  const answer = await app.inject({ method: 'POST', url: '/ner', payload })
  expect(answer.statusCode).toBe(200)
  return answer.json()
}

describe('the context of entities over HTTP', () => {
  test('is as the docs show it', async () => {
    const docs = readFileSync(new URL('../../docs/context.md', import.meta.url), 'utf8')
    const request = JSON.parse(/-d '(\{.*\})'/.exec(docs)?.[1] ?? '')
    const { entities, relations } = JSON.parse(/```json\n(.*?)```/s.exec(docs)?.[1] ?? '')
    const answer = await ask(request)
    expect(answer.relations).toEqual(relations)
    const rounded = (found: NerResponse['entities']): unknown =>
      found.map(entity => ({ ...entity, confidence: Math.round(entity.confidence * 1000) }))
    expect(rounded(answer.entities)).toEqual(rounded(entities))
  })

  test('is absent when it is not asked for', async () => {
    const { text } = readAnnotated('develop')[0]
    const [plain, full] = [await ask({ text }), await ask({ text, options })]
    expect(Object.keys(plain)).toEqual(['model', 'entities'])
    expect(full.entities.map(({ assertion, section, ...entity }) => entity)).toEqual(plain.entities)
    for (const { assertion, section } of full.entities) {
      for (const passage of [assertion?.cue, section]) {
        if (passage) expect(text.slice(passage.start, passage.end)).toBe(passage.text)
      }
    }
  })

  test('does not depend on what else is in the batch', async () => {
    const notes = readAnnotated('develop')
    const documents = notes.map(({ id, text }) => ({ id, text }))
    const { app } = await testApp({ recognizer: shared() })
    const answer = await app.inject({ method: 'POST', url: '/ner/batch', payload: { documents, options } })
    for (const { id, ...found } of answer.json().documents) {
      const { model, ...alone } = await ask({ text: notes.find(note => note.id === id)?.text, options })
      expect(found).toEqual(alone)
    }
  })

  test('reaches across the parts of a long text', async () => {
    const [{ text: note }] = readAnnotated('develop')
    const filler = 'Seen again and well, without any complaint.\n'.repeat(600)
    const text = `FAMILY HISTORY:\n${filler}Mother had breast cancer.\n${note}`
    const { entities, relations = [] } = await ask({ text, options })
    expect(entities.find(({ text: found }) => found === 'breast cancer')).toMatchObject({
      section: { start: 0, end: 14, text: 'FAMILY HISTORY' }
    })
    expect(entities.find(({ text: found }) => found === 'hemoptysis')?.assertion?.cue?.text).toBe('denies')
    const dosesOf = (drug: string): string[] =>
      relations
        .filter(({ head }) => entities[head].text === drug)
        .map(({ dependent }) => entities[dependent].text)
    expect(dosesOf('tiotropium')).toEqual(['18 mcg', 'inhaled', 'once daily'])
  })

  test('of a kind that there is not is refused', async () => {
    const { app } = await testApp({ recognizer: shared() })
    const payload = { text: 'x', options: { include: ['assertions'] } }
    expectProblem(await app.inject({ method: 'POST', url: '/ner', payload }), 'invalid_request')
  })
})
