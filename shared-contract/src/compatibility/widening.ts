import { isDeepStrictEqual } from 'node:util'
import type { Schema } from '../openapi/document.ts'
import { asSchema, type Defined, isAnnotation, kindsOf, MAX_DEPTH, valuesOf } from './kinds.ts'
import { isPatternWithin } from './pattern-inclusion.ts'

/** In what way one schema allows what another does not. */
type Rule =
  | 'field removed'
  | 'field may be absent'
  | 'field required'
  | 'type changed'
  | 'null added'
  | 'value added'
  | 'bound loosened'
  | 'format changed'
  | 'keyword changed'

/** `at` is the place of the difference, such as `orders[].status.code`; empty at the top. */
export type Finding = { rule: Rule; at: string; what: string }

/** Whose values they are: of an answer, which a shipped app reads, or of an input, which it sends. */
type Direction = 'answer' | 'input'

type Step = { given: Defined; allowed: Defined; at: string; direction: Direction; depth: number }

const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const
const NAMED = ['format', 'pattern', 'contentEncoding', 'contentMediaType'] as const
const COMPARED = new Set<string>(
  ['type', 'enum', 'const', 'properties', 'required', 'items', 'additionalProperties'].concat(
    UPPER,
    LOWER,
    NAMED,
  ),
)

/**
 * What `given` allows and `allowed` does not: nothing, when every value of the first is one of the second. It is
 * careful: where it does not know, it finds a difference. An answer may have fields that nobody knew.
 */
export const widening = (given: Defined, allowed: Defined, direction: Direction): Finding[] =>
  compare({ given, allowed, at: '', direction, depth: 0 })

function compare({ given, allowed, at, direction, depth }: Step): Finding[] {
  if (depth > MAX_DEPTH) return []
  const known = kindsOf(allowed)
  return kindsOf(given).flatMap((kind): Finding[] => {
    if (known.length === 1 && isAnything(known[0])) return []
    const found = known
      .filter((one) => takesType(one, kind))
      .map((one) =>
        compareKind({
          given: { ...given, schema: kind },
          allowed: { ...allowed, schema: one },
          at,
          direction,
          depth,
        }),
      )
    const [closest] = found.sort((a, b) => a.length - b.length)
    return closest ?? [missingKind(kind, known, at)]
  })
}

const missingKind = (kind: Schema, known: readonly Schema[], at: string): Finding =>
  kind.type === 'null'
    ? { rule: 'null added', at, what: 'null was not possible' }
    : { rule: 'type changed', at, what: `${nameOf(kind)}, where there was ${known.map(nameOf).join(' or ')}` }

const nameOf = ({ type }: Schema): string => (type === undefined ? 'anything' : String(type))

const isAnything = (schema: Schema | undefined): boolean =>
  schema !== undefined && Object.keys(schema).every((keyword) => isAnnotation(keyword))

const takesType = (allowed: Schema, { type }: Schema): boolean =>
  allowed.type === undefined || allowed.type === type || (allowed.type === 'number' && type === 'integer')

/** Two kinds of one type. */
function compareKind(step: Step): Finding[] {
  const { given, allowed } = step
  const own = [...compareValues(step), ...compareBounds(step), ...compareKeywords(step)]
  if (given.schema.type === 'object') own.push(...compareFields(step))
  if (given.schema.type === 'array')
    own.push(
      ...compare({
        ...step,
        given: { ...given, schema: asSchema(given.schema.items) },
        allowed: { ...allowed, schema: asSchema(allowed.schema.items) },
        at: `${step.at}[]`,
        depth: step.depth + 1,
      }),
    )
  return own
}

function compareValues({ given, allowed, at }: Step): Finding[] {
  const known = valuesOf(allowed.schema)
  if (!known) return []
  const values = valuesOf(given.schema)
  if (!values)
    return [
      { rule: 'value added', at, what: `any ${nameOf(given.schema)}, where there was a list of values` },
    ]
  return values
    .filter((value) => !known.some((other) => isDeepStrictEqual(other, value)))
    .map((value) => ({ rule: 'value added', at, what: `${JSON.stringify(value)} was not possible` }))
}

function compareBounds({ given: { schema }, allowed, at }: Step): Finding[] {
  const looser = (keyword: string, isTighter: (own: number, other: number) => boolean): Finding[] => {
    const other = allowed.schema[keyword]
    const own = schema[keyword]
    if (typeof other !== 'number' || (typeof own === 'number' && isTighter(own, other))) return []
    return [{ rule: 'bound loosened', at, what: `${keyword} ${shown(own)}, where it was ${other}` }]
  }
  return [
    ...UPPER.flatMap((keyword) => looser(keyword, (own, other) => own <= other)),
    ...LOWER.flatMap((keyword) => looser(keyword, (own, other) => own >= other)),
  ]
}

const shown = (value: unknown) => (value === undefined ? 'none' : JSON.stringify(value))

function compareKeywords({ given: { schema }, allowed, at }: Step): Finding[] {
  return Object.entries(allowed.schema).flatMap(([keyword, value]): Finding[] => {
    if (isAnnotation(keyword) || isDeepStrictEqual(schema[keyword], value)) return []
    if (keyword === 'pattern' && isPatternWithin(String(schema.pattern ?? ''), String(value))) return []
    if (NAMED.some((name) => name === keyword))
      return [
        {
          rule: 'format changed',
          at,
          what: `${keyword} ${shown(schema[keyword])}, where it was ${shown(value)}`,
        },
      ]
    if (COMPARED.has(keyword)) return []
    return [{ rule: 'keyword changed', at, what: `${keyword}, of which the check knows nothing` }]
  })
}

function compareFields(step: Step): Finding[] {
  const { given, allowed, at, direction } = step
  const own = asSchema(given.schema.properties)
  const other = asSchema(allowed.schema.properties)
  const place = (name: string) => (at === '' ? name : `${at}.${name}`)
  const isRequired = ({ schema }: Defined, name: string) =>
    Array.isArray(schema.required) && schema.required.includes(name)

  const ofKnown = Object.keys(other).flatMap((name): Finding[] => {
    const deeper = () =>
      compare({
        ...step,
        given: { ...given, schema: asSchema(own[name]) },
        allowed: { ...allowed, schema: asSchema(other[name]) },
        at: place(name),
        depth: step.depth + 1,
      })
    if (!Object.hasOwn(own, name)) return absent(direction, isRequired(allowed, name), place(name))
    const optional = isRequired(allowed, name) && !isRequired(given, name)
    const rule = direction === 'answer' ? 'field may be absent' : 'field required'
    return [
      ...(optional ? [{ rule, at: place(name), what: RULES_OF_FIELDS[rule] } as const] : []),
      ...deeper(),
    ]
  })
  const unknown = Object.keys(own).filter((name) => !Object.hasOwn(other, name))
  const closed = direction === 'input' || allowed.schema.additionalProperties === false
  const dropped = closed
    ? unknown.map(
        (name): Finding => ({ rule: 'field removed', at: place(name), what: 'it is not known any more' }),
      )
    : []
  return [...ofKnown, ...dropped, ...compareOtherFields(step)]
}

const RULES_OF_FIELDS = {
  'field may be absent': 'it was always there',
  'field required': 'it could be left out',
} as const

function absent(direction: Direction, required: boolean, at: string): Finding[] {
  if (direction === 'answer') return [{ rule: 'field removed', at, what: 'it is not there any more' }]
  return required ? [{ rule: 'field required', at, what: 'it was not known' }] : []
}

/** Of a map from any name to a value of one kind, that kind. */
function compareOtherFields(step: Step): Finding[] {
  const { given, allowed, at } = step
  const other = allowed.schema.additionalProperties
  if (typeof other !== 'object' || other === null || given.schema.additionalProperties === false) return []
  return compare({
    ...step,
    given: { ...given, schema: asSchema(given.schema.additionalProperties) },
    allowed: { ...allowed, schema: asSchema(other) },
    at: `${at}{}`,
    depth: step.depth + 1,
  })
}
