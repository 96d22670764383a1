import type { AnalyzedText, TextRequest } from '../../src/analysis.ts'
import type {
  Outcome,
  Recognizer,
  RecognizerHealth,
  RecognizerLoad
} from '../../src/recognition/recognizer.ts'

interface FakeOptions {
  /** answers one text; by default its first word is an entity of Drug_Name */
  readonly answer?: (request: TextRequest) => Promise<Outcome> | Outcome
  readonly health?: Partial<RecognizerHealth>
  /** throws when a request of so many bytes is not to be read */
  readonly admit?: (bytes: number) => void
  readonly load?: Partial<RecognizerLoad>
}

/** A recognizer without a model, for tests of what stands above it. */
export function fakeRecognizer({
  answer = firstWord,
  health = {},
  admit = () => {},
  load = {}
}: FakeOptions = {}): Recognizer & {
  readonly seen: TextRequest[]
  readonly signals: (AbortSignal | undefined)[]
  closed: boolean
} {
  const fake = {
    model: {
      sha256: 'f'.repeat(64),
      manifest: {
        name: 'fake',
        version: '1.0.0',
        description: 'For tests',
        license: 'Apache-2.0',
        language: 'en' as const,
        labels: ['Drug_Name', 'Diagnosis'],
        training: {}
      }
    },
    seen: [] as TextRequest[],
    signals: [] as (AbortSignal | undefined)[],
    closed: false,
    async recognize(texts: readonly TextRequest[], signal?: AbortSignal) {
      fake.seen.push(...texts)
      fake.signals.push(signal)
      const outcomes = await Promise.all(texts.map(answer))
      const work = { pipeline: 1, inference: 1, decoding: 1, sentences: 1, tokens: 1, unknown: 1, cells: 1 }
      return { outcomes, timings: { queue: 1, ...work } }
    },
    checkAdmission: admit,
    health: () => ({ workers: 1, readyWorkers: 1, started: true, fault: undefined, ...health }),
    load: () => ({ waiting: 0, waitingTokens: 0, predictedWait: 0, workerMemory: [], ...load }),
    async close() {
      fake.closed = true
    }
  }
  return fake
}

function firstWord({ text }: TextRequest): Outcome {
  const end = text.search(/\s|$/)
  const entities: AnalyzedText['entities'] =
    end > 0 ? [{ start: 0, end, label: 'Drug_Name', confidence: 0.123456789 }] : []
  return { analyzed: { entities, cutSentences: [] } }
}
