import {
  AssertionSchema,
  EntitySchema,
  PassageSchema,
  RelationSchema,
  SpanSchema,
  WarningSchema
} from './entity.ts'
import { HealthSchema } from './health.ts'
import {
  LabelsResponseSchema,
  ModelDescriptionSchema,
  ModelIdentitySchema,
  ModelsResponseSchema
} from './model.ts'
import {
  BatchRequestSchema,
  BatchResponseSchema,
  DocumentResultSchema,
  DocumentSchema,
  NerRequestSchema,
  NerResponseSchema
} from './ner.ts'
import { OptionsSchema } from './options.ts'
import { ProblemSchema } from './problem.ts'

/** Every schema that others refer to by its $id. */
export const namedSchemas = [
  SpanSchema,
  PassageSchema,
  AssertionSchema,
  EntitySchema,
  RelationSchema,
  WarningSchema,
  ModelIdentitySchema,
  ModelDescriptionSchema,
  ModelsResponseSchema,
  LabelsResponseSchema,
  OptionsSchema,
  ProblemSchema,
  NerRequestSchema,
  NerResponseSchema,
  DocumentSchema,
  DocumentResultSchema,
  BatchRequestSchema,
  BatchResponseSchema,
  HealthSchema
]
