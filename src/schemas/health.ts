import { type Static, Type } from 'typebox'

export const HealthSchema = Type.Object(
  {
    status: Type.Enum(['ok', 'unavailable']),
    checks: Type.Array(
      Type.Object(
        { name: Type.String(), ok: Type.Boolean(), detail: Type.String() },
        { additionalProperties: false }
      )
    )
  },
  { $id: 'Health', additionalProperties: false }
)

export type Health = Static<typeof HealthSchema>
