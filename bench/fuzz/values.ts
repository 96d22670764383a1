import type { Dice } from './dice.ts'
import { anyText, CANARY, hard } from './texts.ts'

/** A JSON Schema, as far as the document uses it. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly minLength?: number
}

export type Components = Readonly<Record<string, JsonSchema>>

const MOST_ITEMS = 4

/** Makes a value that a schema allows, mostly: bounds are met or just missed by `changeValue`. */
export function makeValue(
  schema: JsonSchema,
  components: Components,
  labels: readonly string[],
  dice: Dice
): unknown {
  const make = (one: JsonSchema, name = ''): unknown => {
    if (one.$ref) return make(components[one.$ref.slice(one.$ref.lastIndexOf('/') + 1)], name)
    if (one.enum) return dice.pick(one.enum)
    switch (one.type) {
      case 'object':
        return Object.fromEntries(
          Object.entries(one.properties ?? {})
            .filter(([key]) => one.required?.includes(key) || dice.chance(0.4))
            .map(([key, property]) => [key, make(property, key)])
        )
      case 'array': {
        const items = dice.list(MOST_ITEMS, () => make(one.items ?? {}, name))
        const some = items.length < (one.minItems ?? 0) ? [make(one.items ?? {}, name)] : items
        return [...new Set(some)]
      }
      case 'string':
        if (name === 'labels') return dice.pick(labels)
        return name === 'id' ? `${CANARY}-${dice.below(1e6)}` : anyText(dice)
      case 'number':
        return dice.pick([0, 1, 0.5, 1e-300, 0.9999999999999999])
      case 'integer':
        return dice.below(100)
      default:
        return null
    }
  }
  return make(schema)
}

type Holder = unknown[] | Record<string, unknown>

/** Changes one place of a value: another type, a bound, a member more, fewer or twice. May break its schema or not. */
export function changeValue(value: unknown, dice: Dice): unknown {
  const copy = structuredClone(value)
  const places: [Holder, string | number][] = []
  const visit = (one: unknown): void => {
    if (Array.isArray(one)) {
      one.forEach((member, i) => {
        places.push([one, i])
        visit(member)
      })
    } else if (typeof one === 'object' && one !== null) {
      for (const key of Object.keys(one)) {
        places.push([one as Holder, key])
        visit((one as Record<string, unknown>)[key])
      }
    }
  }
  visit(copy)
  if (places.length === 0 || dice.chance(0.03)) return other(dice)
  const [holder, key] = dice.pick(places)
  const at = holder as Record<string | number, unknown>
  switch (dice.below(5)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else delete at[key]
      break
    case 1:
      if (Array.isArray(holder)) holder.push(dice.chance(0.5) ? at[key] : other(dice))
      else at[unknownName(dice)] = other(dice)
      break
    case 2:
      if (Array.isArray(at[key]) && dice.chance(0.3)) at[key] = Array(101 + dice.below(60)).fill(at[key][0])
      else at[key] = [at[key]]
      break
    default:
      at[key] = other(dice)
  }
  return copy
}

function other(dice: Dice): unknown {
  return dice.pick([
    () => null,
    () => true,
    () => dice.pick([0, -1, -0, 1, 2, 1.0000000000000002, -1e-9, 1e21, 1e308, 2 ** 53]),
    () => '',
    () => dice.pick(hard),
    () => anyText(dice, 10),
    () => CANARY.repeat(37),
    () => [],
    () => ({}),
    () => ({ text: anyText(dice, 3) }),
    () => nested(1 + dice.below(200)),
    () => Object.fromEntries(dice.list(20, i => [`${CANARY}${i}`, i]))
  ])()
}

function unknownName(dice: Dice): string {
  return dice.pick([
    'Text',
    'texts',
    '',
    'constructor',
    'toString',
    'length',
    '0',
    '\u0000',
    `${CANARY}`,
    'options',
    'id'
  ])
}

function nested(depth: number): unknown {
  let value: unknown = CANARY
  for (let i = 0; i < depth; i++) value = i % 2 ? [value] : { text: value }
  return value
}

/** JSON, or almost, of a value. */
export function writeJson(value: unknown, dice: Dice): string {
  const json = JSON.stringify(value, undefined, dice.chance(0.1) ? '\t' : undefined) ?? 'null'
  if (!dice.chance(0.12)) return json
  return dice.pick([
    () => `\ufeff${json}`,
    () => `${json} `,
    () => `${json},`,
    () => json.slice(0, dice.below(json.length)),
    () => json.replace('"', "'"),
    () => json.replace(':', ':NaN,'),
    () => json.replace('{', '{"text":1,'),
    () => json.replace('{', '{"__proto__":{"text":"x"},'),
    () => json.replace('{', '{"constructor":{"prototype":{}},'),
    () => json.replace('[', '[,'),
    () => json.replaceAll('"', '\\"'),
    () => json.replace(CANARY, `${CANARY}\n`),
    () => json.replace(CANARY, `${CANARY}\\ud800`),
    () => json.replace(CANARY, `${CANARY}\\x`),
    () => `/* */${json}`,
    () => '['.repeat(1 + dice.below(5000)),
    () => '1'.repeat(1 + dice.below(5000)),
    () => '-'
  ])()
}
