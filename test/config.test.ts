import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { asksForCredentials, type Config, ConfigError, ConfigSchema, loadConfig } from '../src/config.ts'

interface Bounded {
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
}

const schemas: Readonly<Record<string, object>> = ConfigSchema.properties
const properties = Object.entries(schemas).map(
  ([name, schema]) => [name as keyof Config, schema as Bounded] as const
)
const integers = properties.filter(([, { minimum }]) => minimum !== undefined)

/** Faults that the environment is refused for, a line each. */
function faultsOf(environment: Record<string, string>): string[] {
  try {
    loadConfig(environment)
    return []
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message.split('\n')
  }
}

describe('the configuration', () => {
  test('of an empty environment is the defaults', () => {
    expect(loadConfig({})).toEqual(
      Object.fromEntries(properties.map(([name, { default: value }]) => [name, value]))
    )
  })

  test('has defaults that pass its own bounds', () => {
    const environment = Object.fromEntries(properties.map(([name, schema]) => [name, String(schema.default)]))
    expect(loadConfig(environment)).toEqual(loadConfig({}))
  })

  test('listens on the loopback address unless told otherwise', () => {
    expect(loadConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, LOG_LEVEL: 'info', NER_WORKERS: 0 })
  })

  test('names the model of the repository', () => {
    expect(loadConfig({}).NER_MODEL_DIR).toMatch(/\/models\/ner_jsl$/)
  })

  test('takes what the environment sets, as numbers where they are', () => {
    const config = loadConfig({
      HOST: '0.0.0.0',
      PORT: '9090',
      LOG_LEVEL: 'warn',
      NER_MODEL_DIR: '/srv/model',
      NER_WORKERS: '4'
    })
    expect(config).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 9090,
      LOG_LEVEL: 'warn',
      NER_MODEL_DIR: '/srv/model',
      NER_WORKERS: 4
    })
  })

  test('takes port 0', () => {
    expect(loadConfig({ PORT: '0' }).PORT).toBe(0)
  })

  test('passes over what is undefined, and what is not its own', () => {
    const config = loadConfig({ PORT: undefined, HOME: '/root', npm_config_port: 'x', NER_UNKNOWN: '1' })
    expect(config).toEqual(loadConfig({}))
  })

  test('cannot be changed', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true)
  })

  test('does not read the environment of the process', () => {
    vi.stubEnv('PORT', '1')
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(loadConfig({}).PORT).toBe(8080)
  })
})

describe('each number', () => {
  test.each(integers)('%s takes its bounds and nothing beyond', (name, { minimum = 0, maximum = 0 }) => {
    expect(loadConfig({ [name]: String(minimum) })[name]).toBe(minimum)
    expect(loadConfig({ [name]: String(maximum) })[name]).toBe(maximum)
    expect(faultsOf({ [name]: String(minimum - 1) })).toEqual([`${name} must be >= ${minimum}`])
    expect(faultsOf({ [name]: String(maximum + 1) })).toEqual([`${name} must be <= ${maximum}`])
  })

  test.each(['', 'many', '1.5', 'NaN', 'true', '8080x', '80 80'])('is not %j', value => {
    expect(faultsOf({ PORT: value })).toEqual(['PORT must be integer'])
  })

  test.each(['Infinity', '-Infinity', '1e400', ' '])('is not %j either', value => {
    expect(faultsOf({ PORT: value })).not.toEqual([])
  })
})

describe('faults', () => {
  test('are listed all at once', () => {
    const faults = faultsOf({
      HOST: '',
      PORT: '70000',
      LOG_LEVEL: 'loud',
      NER_WORKERS: 'all',
      NER_MODEL_DIR: ''
    })
    expect(faults.sort()).toEqual([
      'HOST must NOT have fewer than 1 characters',
      'LOG_LEVEL must be equal to one of the allowed values: fatal, error, warn, info, debug, trace, silent',
      'NER_MODEL_DIR must NOT have fewer than 1 characters',
      'NER_WORKERS must be integer',
      'PORT must be <= 65535'
    ])
  })

  test.each<[Record<string, string>, string[]]>([
    [{ NER_TLS_CERT_FILE: '/c' }, ['NER_TLS_KEY_FILE must be set too, as NER_TLS_CERT_FILE']],
    [{ NER_TLS_KEY_FILE: '/k' }, ['NER_TLS_CERT_FILE must be set too, as NER_TLS_KEY_FILE']],
    [
      { NER_JWT_JWKS: '/jwks' },
      ['NER_JWT_ISSUER must be set too, as NER_JWT_JWKS', 'NER_JWT_AUDIENCE must be set too, as NER_JWT_JWKS']
    ],
    [
      { NER_JWT_ISSUER: 'i', NER_JWT_AUDIENCE: 'a' },
      ['NER_JWT_JWKS must be set too, as NER_JWT_ISSUER, NER_JWT_AUDIENCE']
    ],
    [
      { NER_DOCS_ACCESS: 'admin', NER_METRICS_ACCESS: 'read' },
      [
        'NER_DOCS_ACCESS must be open, where neither NER_API_KEYS_FILE nor NER_JWT_JWKS is set',
        'NER_METRICS_ACCESS must be open, where neither NER_API_KEYS_FILE nor NER_JWT_JWKS is set'
      ]
    ],
    [
      { NER_API_KEYS_FILE: '/keys', NER_ALLOW_ANONYMOUS: 'true' },
      ['NER_ALLOW_ANONYMOUS must be false, where NER_API_KEYS_FILE or NER_JWT_JWKS is set']
    ]
  ])('are found between settings too: %j', (environment, faults) => {
    expect(faultsOf(environment)).toEqual(faults)
  })

  test.each(properties.map(([name]) => name))('name %s when it is empty', name => {
    const faults = faultsOf({ [name]: '' })
    expect(faults.length).toBe(1)
    expect(faults[0].startsWith(`${name} must `)).toBe(true)
  })

  test('do not quote the value', () => {
    expect(faultsOf({ PORT: 'hunter2', LOG_LEVEL: 'hunter2' }).join()).not.toContain('hunter2')
  })
})

describe('access', () => {
  test('is asked for as soon as there are keys or tokens', () => {
    const tokens = { NER_JWT_JWKS: '/jwks', NER_JWT_ISSUER: 'i', NER_JWT_AUDIENCE: 'a' }
    expect(asksForCredentials(loadConfig({}))).toBe(false)
    expect(asksForCredentials(loadConfig({ NER_API_KEYS_FILE: '/keys' }))).toBe(true)
    expect(asksForCredentials(loadConfig(tokens))).toBe(true)
    expect(loadConfig({ ...tokens, NER_DOCS_ACCESS: 'admin' }).NER_DOCS_ACCESS).toBe('admin')
  })

  test.each(['https://a.example.org', 'http://localhost:3000,https://b.example.org:8443'])(
    'of pages may be given to %s',
    origins => {
      expect(loadConfig({ NER_CORS_ORIGINS: origins }).NER_CORS_ORIGINS).toBe(origins)
    }
  )

  test.each([
    '*',
    'null',
    'a.example.org',
    'https://a.example.org/',
    'https://a.example.org, https://b',
    'ftp://a'
  ])('of pages cannot be given to %j', origins => {
    expect(faultsOf({ NER_CORS_ORIGINS: origins })).toEqual([
      expect.stringMatching(/^NER_CORS_ORIGINS must match pattern/)
    ])
  })
})

describe('the schema', () => {
  test.each(properties)('says what %s means and what it is unless set', (_name, schema) => {
    expect(schema).toMatchObject({ description: expect.stringMatching(/\.$/), default: expect.anything() })
  })
})
