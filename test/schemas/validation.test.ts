import { describe, expect, test } from 'vitest'
import { describeValidation, type Fault } from '../../src/schemas/validation.ts'

/** Stands for what a caller sent. */
const MARK = 'Halvorsen-7731'

/** A fault as Ajv reports it, with everything it knows of the value, and more than we read. */
function faultOf(keyword: string, instancePath: string, message: string, params: object = {}): Fault {
  return { instancePath, keyword, message, params, data: MARK, schemaPath: `#/${keyword}` } as Fault
}

describe('a validation fault', () => {
  test.each([
    [
      'a missing member by its own pointer',
      faultOf('required', '', "must have required property 'text'", { missingProperty: 'text' }),
      '/text',
      '/text is required.'
    ],
    [
      'a missing member of a document',
      faultOf('required', '/documents/3', "must have required property 'id'", { missingProperty: 'id' }),
      '/documents/3/id',
      '/documents/3/id is required.'
    ],
    [
      'an unknown member by where it stands, never by its name',
      faultOf('additionalProperties', '', 'must NOT have additional properties', {
        additionalProperty: MARK
      }),
      '',
      'The body has a member that the schema does not know.'
    ],
    [
      'an unknown member further in',
      faultOf('additionalProperties', '/options', MARK, { additionalProperty: MARK }),
      '/options',
      '/options has a member that the schema does not know.'
    ],
    [
      'a wrong type',
      faultOf('type', '/text', 'must be string', { type: 'string' }),
      '/text',
      '/text must be string.'
    ],
    [
      'a wrong type of everything',
      faultOf('type', '', 'must be object', { type: 'object' }),
      '',
      'The body must be object.'
    ],
    [
      'a bound',
      faultOf('maximum', '/options/minConfidence', 'must be <= 1', { comparison: '<=', limit: 1 }),
      '/options/minConfidence',
      '/options/minConfidence must be <= 1.'
    ]
  ])('names %s', (_what, fault, pointer, detail) => {
    const error = describeValidation(fault)
    expect(error).toMatchObject({ code: 'invalid_request', pointer, detail })
    expect(JSON.stringify(error) + error.message + String(error.cause)).not.toContain(MARK)
  })

  test('names the subject it is told where the pointer is empty', () => {
    const fault = faultOf('type', '', 'must be object')
    expect(describeValidation(fault, 'The document').detail).toBe('The document must be object.')
  })
})
