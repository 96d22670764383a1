import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Components, JsonSchema } from './values.ts'

interface MediaTypes {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
}

interface OpenapiDocument {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<string, { readonly requestBody?: MediaTypes; readonly responses: Record<string, MediaTypes> }>
      >
    >
  >
  readonly components: { readonly schemas: Components }
}

/** What the OpenAPI document of a service promises. */
export interface Contract {
  readonly paths: readonly string[]
  /** operations that take a body */
  readonly bodies: readonly { readonly path: string; readonly schema: JsonSchema }[]
  readonly components: Components
  readonly labels: readonly string[]
  /** by operation ("post /ner") */
  readonly request: ReadonlyMap<string, ValidateFunction>
  /** by operation and status ("post /ner 200"); without one where the body is no JSON */
  readonly responses: ReadonlyMap<string, ValidateFunction | undefined>
  readonly problem: ValidateFunction
}

/** Reads the document and compiles its schemas by a validator that knows nothing of the service. */
export function readContract(document: OpenapiDocument, labels: readonly string[]): Contract {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'document', ...document })
  const compile = (schema: JsonSchema): ValidateFunction =>
    ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')))
  const request = new Map<string, ValidateFunction>()
  const responses = new Map<string, ValidateFunction | undefined>()
  const bodies: { path: string; schema: JsonSchema }[] = []
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { requestBody, responses: documented }] of Object.entries(operations)) {
      const schema = requestBody?.content?.['application/json']?.schema
      if (schema) {
        bodies.push({ path, schema })
        request.set(`${method} ${path}`, compile(schema))
      }
      for (const [status, { content = {} }] of Object.entries(documented)) {
        const [type, media] = Object.entries(content)[0]
        responses.set(`${method} ${path} ${status}`, /\bjson$/.test(type) ? compile(media.schema) : undefined)
      }
    }
  }
  const problem = compile({ $ref: '#/components/schemas/Problem' })
  return {
    paths: Object.keys(document.paths),
    bodies,
    components: document.components.schemas,
    labels,
    request,
    responses,
    problem
  }
}
