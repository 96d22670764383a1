// The generated client: calls are typed by the OpenAPI document, answers by their status. Before it runs:
//   npx oazapfts openapi/openapi.json client.ts
import { defaults, recognize, recognizeBatch } from './client.js'

defaults.baseUrl = process.env.NER_URL ?? 'http://localhost:8080'

const text = 'Ms. Okafor 🙂 denies chest pain. Takes aspirin 81 mg p.o. daily.'
const answer = await recognize({ text, options: { minConfidence: 0.5 } })
if (answer.status === 200) {
  for (const { start, end, label } of answer.data.entities) {
    console.log(start, end, label, text.slice(start, end))
  }
} else {
  console.error(answer.data.code, answer.data.detail)
}

const batch = await recognizeBatch({
  documents: [
    { id: 'a', text: 'Denies fever.' },
    { id: 'b', text: '' }
  ]
})
if (batch.status === 200) {
  for (const { id, entities } of batch.data.documents) console.log(id, entities.length, 'entities')
  for (const { id, problem } of batch.data.errors) console.log(id, problem.code, problem.pointer)
}

const refused = await recognize({ text, options: { labels: ['Drug'] } })
if (refused.status === 422) console.log(refused.data.code, refused.data.pointer)
