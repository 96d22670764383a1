import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createInProcessRecognizer } from '../src/recognition/in-process.ts'
import { testApp } from './helpers/build-app.ts'
import { modelFolder } from './helpers/model-folder.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the answer in the README is the one to the request in the README', async () => {
  const request = /-d '(\{.*\})'/.exec(readme)?.[1] ?? ''
  const answer = /```json\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const { app } = await testApp({ recognizer: await createInProcessRecognizer(modelFolder) })
  const response = await app.inject({ method: 'POST', url: '/ner', payload: JSON.parse(request) })
  // Confidences differ in the last digits from one processor to another.
  const rounded = (body: string): unknown =>
    JSON.parse(body, (_key, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value))
  expect(rounded(response.body)).toEqual(rounded(answer))
})
