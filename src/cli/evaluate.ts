import type { AnalyzedText } from '../analysis.ts'
import { loadConfig } from '../config.ts'
import { formatScores, scoresAsJson } from '../evaluation/report.ts'
import { type ScoredText, scoreTexts } from '../evaluation/scores.ts'
import { createInProcessRecognizer } from '../recognition/in-process.ts'
import type { BatchResponse } from '../schemas/ner.ts'
import { defineCommand } from './command.ts'
import { type CorpusDocument, readCorpus } from './corpus.ts'
import { requestHeaders } from './request-headers.ts'

/** Changes of a text that keep every offset: how notes also come. */
const transforms: Readonly<Record<string, (text: string) => string>> = {
  none: text => text,
  upper: text => mapLetters(text, character => character.toUpperCase()),
  lower: text => mapLetters(text, character => character.toLowerCase()),
  'one-line': text => text.replace(/[\r\n]/g, ' ')
}

/** A letter whose other case has another length stays as it is. */
function mapLetters(text: string, change: (character: string) => string): string {
  return Array.from(text, character => {
    const other = change(character)
    return other.length === character.length ? other : character
  }).join('')
}

type Analyze = (documents: readonly CorpusDocument[]) => Promise<AnalyzedText[]>

/** Scores a model folder, or a running service, on an annotated corpus: what is published is what is served. */
export const evaluateCommand = defineCommand({
  summary: 'score a model folder or a running service on an annotated JSONL corpus',
  usage:
    'ner-jsl evaluate [--model DIR | --url http://host:port] [--offsets codepoint|utf16]\n' +
    '                   [--transform none|upper|lower|one-line] [--json] FILE.jsonl',
  options: {
    model: { type: 'string' },
    url: { type: 'string' },
    offsets: { type: 'string', default: 'codepoint' },
    transform: { type: 'string', default: 'none' },
    json: { type: 'boolean', default: false }
  },
  async run({ model, url, offsets, transform, json }, [file]) {
    if (!file) throw new Error('name the FILE.jsonl')
    if (offsets !== 'codepoint' && offsets !== 'utf16') throw new Error('--offsets is codepoint or utf16')
    if (!Object.hasOwn(transforms, transform))
      throw new Error(`--transform is ${Object.keys(transforms).join(', ')}`)
    const documents: CorpusDocument[] = []
    for await (const document of readCorpus(file, offsets)) {
      documents.push({ ...document, text: transforms[transform](document.text) })
    }
    const scores = scoreTexts(url ? await analyzeByUrl(url, documents) : await analyzeHere(model, documents))
    process.stdout.write(
      `${json ? JSON.stringify(scoresAsJson(scores), undefined, 2) : formatScores(scores)}\n`
    )
  }
})

async function analyzeHere(
  model: string | undefined,
  documents: readonly CorpusDocument[]
): Promise<ScoredText[]> {
  const recognizer = await createInProcessRecognizer(model ?? loadConfig(process.env).NER_MODEL_DIR)
  const scored = await analyzeAll(documents, async group => {
    const texts = group.map(({ text }) => ({ text, options: { include: ['tokens' as const] } }))
    const { outcomes } = await recognizer.recognize(texts)
    return outcomes.map(outcome => {
      if ('error' in outcome) throw outcome.error
      return outcome.analyzed
    })
  })
  await recognizer.close()
  return scored
}

async function analyzeByUrl(url: string, documents: readonly CorpusDocument[]): Promise<ScoredText[]> {
  return analyzeAll(documents, async group => {
    const response = await fetch(new URL('/ner/batch', url), {
      method: 'POST',
      headers: requestHeaders(),
      body: JSON.stringify({
        documents: group.map(({ text }, i) => ({ id: String(i), text })),
        options: { include: ['tokens'] }
      })
    })
    if (!response.ok) throw new Error(`the service answered ${response.status}`)
    const { documents: results, errors } = (await response.json()) as BatchResponse
    if (errors.length > 0)
      throw new Error(`the service refused ${errors.length} documents: ${errors[0].problem.code}`)
    return results.map(({ entities, tokens = [] }) => ({ entities, tokens, cutSentences: [] }))
  })
}

const GROUP = 20

async function analyzeAll(documents: readonly CorpusDocument[], analyze: Analyze): Promise<ScoredText[]> {
  const scored: ScoredText[] = []
  for (let first = 0; first < documents.length; first += GROUP) {
    const group = documents.slice(first, first + GROUP)
    const analyzed = await analyze(group)
    group.forEach(({ entities = [] }, i) => {
      scored.push({ gold: entities, found: analyzed[i].entities, tokens: analyzed[i].tokens ?? [] })
    })
  }
  return scored
}
