import { expect, onTestFinished, test, vi } from 'vitest'
import { requestHeaders } from '../../src/cli/request-headers.ts'

test('requests to a service carry the key of the environment, where there is one', () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  vi.stubEnv('NER_API_KEY', '')
  expect(requestHeaders()).toEqual({ 'content-type': 'application/json' })
  vi.stubEnv('NER_API_KEY', 'ner_example')
  expect(requestHeaders()).toEqual({ 'content-type': 'application/json', 'x-api-key': 'ner_example' })
})
