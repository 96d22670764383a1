import { ServiceError } from '../errors.ts'

/** What Ajv says of the first rule that was broken. */
export interface Fault {
  instancePath: string
  keyword: string
  message?: string
  params: { missingProperty?: string }
}

/**
 * Says where and which rule, in words of the schema only: the name of an unknown member is the caller's text.
 * @param subject what the pointer is relative to
 */
export function describeValidation(
  { instancePath, keyword, message, params }: Fault,
  subject = 'The body'
): ServiceError {
  const pointer = keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath
  const rule =
    keyword === 'additionalProperties'
      ? 'has a member that the schema does not know'
      : keyword === 'required'
        ? 'is required'
        : message
  return new ServiceError('invalid_request', { detail: `${pointer || subject} ${rule}.`, pointer })
}
