import { Engine } from '../engine.ts'
import { errorFacts } from '../error-facts.ts'
import { passGoldenNote } from '../golden.ts'
import { type DescribedModel, loadDescribed } from '../model/verified-model.ts'
import { moveToBackground } from './background.ts'
import { toColumns } from './columns.ts'
import type { WorkerRequest, WorkerResponse } from './messages.ts'

/** Entry of a worker process: loads a model once, then answers messages, each when it is done. */

let engine: Engine | undefined

function send(message: WorkerResponse, sent?: () => void): void {
  process.send?.(message, undefined, undefined, () => sent?.())
}

async function initialize(modelFolder: string, described: DescribedModel): Promise<void> {
  const model = await loadDescribed(modelFolder, described)
  const opened = await Engine.open(model)
  await passGoldenNote(opened, model.manifest)
  engine = opened
}

async function handle(request: WorkerRequest): Promise<void> {
  switch (request.kind) {
    case 'initialize':
      try {
        await initialize(request.modelFolder, request.model)
        send({ kind: 'ready' })
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown fault'
        send({ kind: 'refused', reason }, () => process.exit(1))
      }
      return
    case 'analyze':
      try {
        if (!engine) throw new Error('A request came before the model was loaded. This is a bug.')
        const { texts, work } = await engine.analyze(request.texts)
        send({ kind: 'analyzed', id: request.id, found: toColumns(texts), work })
      } catch (error) {
        send({ kind: 'failed', id: request.id, error: errorFacts(error) })
      }
      return
    default:
      request satisfies never
  }
}

moveToBackground()
process.on('message', (request: WorkerRequest) => void handle(request))
// The service drains its workers itself; a terminal sends Ctrl-C to all of them.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(0))
process.on('uncaughtException', error => {
  process.stderr.write(`worker ${process.pid}: ${error.name}\n`)
  process.exit(1)
})
