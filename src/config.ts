import { fileURLToPath } from 'node:url'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'

const packageRoot = fileURLToPath(new URL('..', import.meta.url))

/** Every setting of the service: a variable of the environment, its bounds, default and meaning. */
export const ConfigSchema = Type.Object({
  HOST: Type.String({ default: '127.0.0.1', minLength: 1, description: 'Address to listen on.' }),
  PORT: Type.Integer({
    default: 8080,
    minimum: 0,
    maximum: 65_535,
    description: 'Port to listen on; 0 takes a free one, which the log names.'
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe level that is logged.'
  }),
  NER_MODEL_DIR: Type.String({
    default: `${packageRoot}models/ner_jsl`,
    minLength: 1,
    description: 'Folder of the model to serve.'
  }),
  NER_WORKERS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 256,
    description:
      'Worker processes; 0 is one for each core that the process may use (a container quota counts).'
  }),
  NER_MAX_TEXT_LENGTH: Type.Integer({
    default: 1_048_576,
    minimum: 1,
    maximum: 20_000_000,
    description: 'Longest text, in UTF-16 code units.'
  }),
  NER_MAX_DOCUMENTS: Type.Integer({
    default: 1000,
    minimum: 1,
    maximum: 100_000,
    description: 'Most documents of one batch request.'
  }),
  NER_MAX_BODY_BYTES: Type.Integer({
    default: 16_777_216,
    minimum: 1024,
    maximum: 268_435_456,
    description: 'Largest request body, in bytes.'
  }),
  NER_REQUEST_TIMEOUT_MS: Type.Integer({
    default: 5_000,
    minimum: 1_000,
    maximum: 600_000,
    description: 'Longest time for a client to send a whole request.'
  }),
  NER_DEADLINE_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    maximum: 600_000,
    description: 'Longest time from admission to answer; a worker that takes longer is replaced.'
  }),
  NER_MAX_WAIT_MS: Type.Integer({
    default: 10_000,
    minimum: 10,
    maximum: 600_000,
    description: 'Longest predicted wait in the queue; a request that would wait longer is refused at once.'
  }),
  NER_DRAIN_DELAY_MS: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 120_000,
    description:
      'Time between "not ready" and the end of listening after SIGTERM, for load balancers to notice.'
  }),
  NER_DRAIN_TIMEOUT_MS: Type.Integer({
    default: 60_000,
    minimum: 100,
    maximum: 600_000,
    description: 'Longest time for accepted requests to be answered after the end of listening.'
  })
})

export type Config = Readonly<Static<typeof ConfigSchema>>

/** Configuration that cannot be used; the message lists every fault, a line each. */
export class ConfigError extends Error {}

/** @throws ConfigError */
export function loadConfig(environment: Record<string, string | undefined>): Config {
  try {
    return Object.freeze(
      envSchema<Config>({
        schema: { ...ConfigSchema, additionalProperties: false },
        data: Object.fromEntries(
          Object.entries(ConfigSchema.properties).map(([name, property]) => [
            name,
            plain(environment[name], property)
          ])
        ),
        env: false,
        dotenv: false
      })
    )
  } catch (error) {
    const faults = (error as { errors?: Fault[] }).errors
    if (!faults) throw error
    throw new ConfigError(faults.map(describe).join('\n'))
  }
}

/** Keeps the validator's coercion from taking "Infinity", "1e400" or a blank for a number. */
function plain(value: string | undefined, property: object): string | undefined {
  const numeric = 'type' in property && property.type === 'integer'
  return numeric && value !== undefined && !/^-?\d{1,15}$/.test(value) ? 'not a number' : value
}

interface Fault {
  instancePath: string
  message?: string
  params: { allowedValues?: readonly string[] }
}

function describe({ instancePath, message, params }: Fault): string {
  const allowed = params.allowedValues ? `: ${params.allowedValues.join(', ')}` : ''
  return `${instancePath.slice(1)} ${message}${allowed}`
}
