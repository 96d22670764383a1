// The entities of a text, asked for again when the service is busy. Runs in Node 20 or later, without packages.
const service = process.env.NER_URL ?? 'http://localhost:8080'

/** Sends a request until it is answered; nothing is stored, so it can always be sent again. */
async function recognize(request, attempts = 5) {
  const response = await fetch(`${service}/ner`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request)
  })
  if (response.ok) return response.json()
  const problem = await response.json()
  const busy = response.status === 429 || response.status === 503
  if (!busy || attempts <= 1) throw new Error(`${problem.code}: ${problem.detail ?? problem.title}`)
  const seconds = Number(response.headers.get('retry-after') ?? 1)
  // Some more, at random: callers that were refused together should not come back together.
  await new Promise(resolve => setTimeout(resolve, seconds * 1000 * (1 + Math.random())))
  return recognize(request, attempts - 1)
}

const text = 'Ms. Okafor 🙂 denies chest pain. Takes aspirin 81 mg p.o. daily.'
const { entities } = await recognize({ text, options: { minConfidence: 0.5 } })
for (const { start, end, label } of entities) console.log(start, end, label, text.slice(start, end))
