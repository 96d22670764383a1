import type { FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { type Config, loadConfig } from '../../src/config.ts'
import { createLogger } from '../../src/logger.ts'
import type { Recognizer } from '../../src/recognition/recognizer.ts'
import { fakeRecognizer } from './fake-recognizer.ts'

interface TestApp {
  readonly app: FastifyInstance
  /** every line that was logged, as JSON */
  readonly lines: string[]
}

interface TestAppOptions {
  readonly recognizer?: Recognizer
  readonly config?: Partial<Config>
  readonly draining?: () => boolean
  /** adds what a test needs besides */
  readonly extend?: (app: FastifyInstance) => void
}

/** The app that the process builds, with a fake recognizer unless given another; closed when the test ends. */
export async function testApp({
  recognizer = fakeRecognizer(),
  config,
  draining,
  extend
}: TestAppOptions = {}): Promise<TestApp> {
  const lines: string[] = []
  const app = await buildApp(
    { ...loadConfig({}), ...config },
    {
      recognizer,
      logger: createLogger('trace', { write: line => void lines.push(line) }),
      version: '0.0.0',
      ...(draining && { draining })
    }
  )
  extend?.(app)
  await app.ready()
  onTestFinished(() => app.close())
  return { app, lines }
}
