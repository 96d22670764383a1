import { fileURLToPath } from 'node:url'
import { envSchema } from 'env-schema'
import { type Static, Type } from 'typebox'
import { needs } from './access/scopes.ts'

const packageRoot = fileURLToPath(new URL('..', import.meta.url))

/** Value of a setting that is not used. An empty one is a fault: a variable lost on the way must not open the service. */
const NONE = 'none'

const ORIGIN = 'https?://[^\\s,/]+'

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
    description:
      'Longest time for a client to send a whole request, from its first byte to its last; a stream is not held to it.'
  }),
  NER_MAX_STREAMS: Type.Integer({
    default: 16,
    minimum: 1,
    maximum: 1_000,
    description: 'Most streams at once.'
  }),
  NER_STREAM_IDLE_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    maximum: 3_600_000,
    description: 'Longest time in which the client of a stream neither sends nor reads what is there.'
  }),
  NER_DEADLINE_MS: Type.Integer({
    default: 30_000,
    minimum: 100,
    maximum: 600_000,
    description: 'Longest time from admission to answer; a worker that takes longer is replaced.'
  }),
  NER_MAX_WAIT_MS: Type.Integer({
    default: 1_000,
    minimum: 10,
    maximum: 600_000,
    description:
      'Longest predicted wait in the queue, or as long as the request itself takes; what would wait longer is refused at once.'
  }),
  NER_API_KEYS_FILE: Type.String({
    default: NONE,
    minLength: 1,
    description: 'JSON file of API keys, read again when it changes.'
  }),
  NER_JWT_JWKS: Type.String({
    default: NONE,
    minLength: 1,
    description: 'URL or file of the JSON Web Key Set that bearer tokens are verified with.'
  }),
  NER_JWT_ISSUER: Type.String({
    default: NONE,
    minLength: 1,
    description: 'Issuer of the tokens, as in their claim `iss`.'
  }),
  NER_JWT_AUDIENCE: Type.String({
    default: NONE,
    minLength: 1,
    description: 'What stands for this service in their claim `aud`.'
  }),
  NER_JWT_CLOCK_SKEW_S: Type.Integer({
    default: 30,
    minimum: 0,
    maximum: 300,
    description: 'Seconds by which the clock of the issuer may differ.'
  }),
  NER_DOCS_ACCESS: Type.Enum(needs, {
    default: 'open',
    description: 'What `/docs` and `/openapi.json` ask for: nothing (`open`) or a scope (`read`, `admin`).'
  }),
  NER_METRICS_ACCESS: Type.Enum(needs, {
    default: 'open',
    description: 'What `/metrics` asks for.'
  }),
  NER_ALLOW_ANONYMOUS: Type.Boolean({
    default: false,
    description: 'Whether it is meant that anybody may call; without it, an open service warns at its start.'
  }),
  NER_CORS_ORIGINS: Type.String({
    default: NONE,
    pattern: `^(${NONE}|${ORIGIN}(,${ORIGIN})*)$`,
    description: 'Origins whose pages may call from a browser, with commas between them.'
  }),
  NER_TLS_CERT_FILE: Type.String({
    default: NONE,
    minLength: 1,
    description: 'Certificate in PEM, with its chain; with it and its key the service speaks HTTPS only.'
  }),
  NER_TLS_KEY_FILE: Type.String({
    default: NONE,
    minLength: 1,
    description: 'Private key of the certificate, in PEM.'
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
  const config = parse(environment)
  const faults = contradictions(config)
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return config
}

/** The value of a setting, undefined where it is not used. */
export function setting(value: string): string | undefined {
  return value === NONE ? undefined : value
}

/** Whether callers must say who they are. */
export function asksForCredentials(config: Config): boolean {
  return [config.NER_API_KEYS_FILE, config.NER_JWT_JWKS].some(setting)
}

/** Settings that are of use only together. */
const together: readonly (readonly (keyof Config)[])[] = [
  ['NER_JWT_JWKS', 'NER_JWT_ISSUER', 'NER_JWT_AUDIENCE'],
  ['NER_TLS_CERT_FILE', 'NER_TLS_KEY_FILE']
]

/** What is valid one by one but would not do what it says. */
function contradictions(config: Config): string[] {
  const isSet = (name: keyof Config): boolean => config[name] !== NONE
  const missing = together
    .filter(names => names.some(isSet))
    .flatMap(names =>
      names
        .filter(name => !isSet(name))
        .map(name => `${name} must be set too, as ${names.filter(isSet).join(', ')}`)
    )
  if (asksForCredentials(config)) {
    return config.NER_ALLOW_ANONYMOUS
      ? [...missing, 'NER_ALLOW_ANONYMOUS must be false, where NER_API_KEYS_FILE or NER_JWT_JWKS is set']
      : missing
  }
  const unguarded = (['NER_DOCS_ACCESS', 'NER_METRICS_ACCESS'] as const)
    .filter(name => config[name] !== 'open')
    .map(name => `${name} must be open, where neither NER_API_KEYS_FILE nor NER_JWT_JWKS is set`)
  return [...missing, ...unguarded]
}

function parse(environment: Record<string, string | undefined>): Config {
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
