import { setTimeout as sleep } from 'node:timers/promises'
import closeWithGrace from 'close-with-grace'
import { isLoopback } from './access/loopback.ts'
import { buildApp } from './app.ts'
import { asksForCredentials, loadConfig } from './config.ts'
import { keepMemoryOutOfCoreDumps } from './core-dumps.ts'
import { usableCores } from './cores.ts'
import { createLogger, logOutput } from './logger.ts'
import { ServiceMetrics } from './metrics/service-metrics.ts'
import { describeModel } from './model/load-model.ts'
import { packageVersion } from './package-version.ts'
import { createPooledRecognizer } from './recognition/pooled.ts'

/**
 * The service: configuration, workers, app, listen, and an orderly end.
 * @param onGuarded called when signals are handled here
 * @throws ConfigError, or another error that says why the service cannot start
 */
export async function serve(onGuarded: () => void): Promise<void> {
  keepMemoryOutOfCoreDumps()
  const config = loadConfig(process.env)
  const model = await describeModel(config.NER_MODEL_DIR)
  const metrics = new ServiceMetrics(model)
  metrics.watchProcess()
  const logger = createLogger(
    config.LOG_LEVEL,
    logOutput(count => metrics.logLinesLost(count))
  )
  const workers = config.NER_WORKERS || usableCores()
  const recognizer = createPooledRecognizer({
    model,
    modelFolder: config.NER_MODEL_DIR,
    workers,
    deadline: config.NER_DEADLINE_MS,
    maxWait: config.NER_MAX_WAIT_MS,
    observer: metrics,
    onWorkerEvent(event) {
      if (event.kind === 'lost') metrics.workerLost()
      logger[event.kind === 'lost' ? 'error' : 'info'](event, 'worker')
    }
  })
  let draining = false
  const app = await buildApp(config, {
    recognizer,
    logger,
    metrics,
    version: packageVersion,
    draining: () => draining
  })

  closeWithGrace(
    { delay: config.NER_DRAIN_DELAY_MS + config.NER_DRAIN_TIMEOUT_MS, logger },
    async ({ signal, err }) => {
      draining = true
      logger.info({ signal, err }, 'shutting down')
      await sleep(config.NER_DRAIN_DELAY_MS)
      await app.close()
      logger.info('stopped')
    }
  )
  onGuarded()
  if (!isLoopback(config.HOST) && !asksForCredentials(config) && !config.NER_ALLOW_ANONYMOUS) {
    logger.warn(
      { host: config.HOST },
      'open to whoever reaches this address: set NER_API_KEYS_FILE or NER_JWT_JWKS, or NER_ALLOW_ANONYMOUS=true if that is meant'
    )
  }
  const address = await app.listen({
    host: config.HOST,
    port: config.PORT,
    listenTextResolver: address => `listening on ${address}`
  })
  logger.info({ address, workers, model: model.manifest.name, version: model.manifest.version }, 'started')
}
