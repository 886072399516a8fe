import { scaled } from '@harbor/shared-testing/soak'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Schema } from '../openapi/document.ts'
import { asSchema } from './kinds.ts'
import { widening } from './widening.ts'

const RUNS = { numRuns: scaled(300, 2_000) }
const NAMES = ['a', 'b', 'c'] as const

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>(
    { type: 'string' },
    { type: ['string', 'null'] },
    { type: 'integer' },
    { type: 'number' },
    { type: 'boolean' },
    { const: 'a' },
    {},
  ),
  fc.subarray(['a', 'b', 'long'], { minLength: 1 }).map((values) => ({ type: 'string', enum: values })),
  fc.record({ type: fc.constant('string'), maxLength: fc.integer({ min: 0, max: 3 }) }),
  fc.record({
    type: fc.constant('integer'),
    minimum: fc.integer({ min: -2, max: 2 }),
    maximum: fc.integer({ min: 3, max: 5 }),
  }),
)

const anyArray = (items: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
  fc.record({ type: fc.constant('array'), items })
const anyUnion = (one: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
  fc.tuple(one, one).map((anyOf) => ({ anyOf }))
const { schema: anySchema } = fc.letrec<{ schema: Schema; object: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    leaf,
    tie('object'),
    anyArray(tie('schema')),
    anyUnion(tie('schema')),
  ),
  object: anyObject(tie('schema')),
}))

function anyObject(field: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc
    .tuple(fc.dictionary(fc.constantFrom(...NAMES), field, { maxKeys: 3 }), fc.subarray([...NAMES]))
    .map(([properties, required]) => ({
      type: 'object',
      properties,
      required: required.filter((name) => name in properties),
    }))
}

const alone = (schema: Schema) => ({ schema, components: {} })
const between = (given: Schema, allowed: Schema) => widening(alone(given), alone(allowed), 'answer')

const fieldsOf = ({ properties }: Schema): Record<string, Schema> =>
  typeof properties === 'object' && properties !== null ? Object.fromEntries(Object.entries(properties)) : {}
const requiredOf = ({ required }: Schema): string[] => (Array.isArray(required) ? required : [])

/** Values that a schema allows, at and within its bounds. */
function anyOfIts(schema: Schema): fc.Arbitrary<unknown> {
  if (Array.isArray(schema.anyOf)) return fc.oneof(...schema.anyOf.map(anyOfIts))
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => anyOfIts({ ...schema, type })))
  if (schema.type === 'string')
    return fc
      .constantFrom('', 'a', 'b', 'long', 'longer')
      .map((text) => text.slice(0, numberOf(schema.maxLength, 9)))
  if (schema.type === 'integer') {
    const [min, max] = [numberOf(schema.minimum, -9), numberOf(schema.maximum, 9)]
    return fc.constantFrom(min, Math.min(min + 1, max), max)
  }
  if (schema.type === 'array') return fc.array(anyOfIts(asSchema(schema.items)), { maxLength: 2 })
  if (schema.type === 'object') {
    const fields = Object.entries(fieldsOf(schema)).map(([name, field]) => {
      const value = anyOfIts(field).map((one) => [[name, one] as const])
      return requiredOf(schema).includes(name) ? value : fc.oneof(value, fc.constant([]))
    })
    return fc
      .tuple(...fields, fc.constantFrom([], [['unknown', 1] as const]))
      .map((all) => Object.fromEntries(all.flat()))
  }
  const simple = { null: [null], boolean: [true, false], number: [0, 1.5] }[String(schema.type)]
  return fc.constantFrom<unknown>(...(simple ?? [null, 'a', 1, 1.5, [], {}]))
}

const numberOf = (value: unknown, defaultValue: number): number =>
  typeof value === 'number' ? value : defaultValue

/** A schema that differs from another in one place, a little or wholly. */
function relativeOf(schema: Schema): fc.Arbitrary<Schema> {
  const own: fc.Arbitrary<Schema>[] = [fc.constant(schema), leaf]
  for (const bound of ['maximum', 'minimum', 'maxLength'])
    if (typeof schema[bound] === 'number') {
      const { [bound]: value, ...without } = schema
      own.push(fc.constant(without))
      own.push(fc.constantFrom(-1, 1).map((by) => ({ ...schema, [bound]: Math.max(0, Number(value) + by) })))
    }
  if (Array.isArray(schema.enum)) own.push(fc.constant({ ...schema, enum: [...schema.enum, 'added'] }))
  if (schema.type === 'array')
    own.push(relativeOf(asSchema(schema.items)).map((items) => ({ ...schema, items })))
  const fields = fieldsOf(schema)
  for (const [name, field] of Object.entries(fields)) {
    own.push(relativeOf(field).map((other) => ({ ...schema, properties: { ...fields, [name]: other } })))
    own.push(fc.constant({ ...schema, required: requiredOf(schema).filter((other) => other !== name) }))
  }
  return fc.oneof(...own)
}

const cases = anySchema
  .chain((schema) => fc.tuple(relativeOf(schema), fc.constant(schema)))
  .chain(([given, allowed]) =>
    fc.tuple(
      fc.constant(given),
      fc.constant(allowed),
      fc.array(anyOfIts(given), { minLength: 5, maxLength: 5 }),
    ),
  )

describe('what one schema allows and another does not', () => {
  it('is nothing between a schema and itself', () => {
    fc.assert(
      fc.property(anySchema, (schema) => {
        expect(between(schema, schema)).toEqual([])
      }),
      RUNS,
    )
  })

  it('is found: when there is nothing, no value of the first is refused by the second', () => {
    const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false })
    let compatible = 0
    fc.assert(
      fc.property(cases, ([given, allowed, values]) => {
        if (between(given, allowed).length > 0) return
        compatible++
        // Compiling costs more than all the rest: only what is claimed to be compatible is put to the proof.
        const validate = ajv.compile(allowed)
        for (const one of values) expect([one, validate(one)]).toEqual([one, true])
      }),
      RUNS,
    )
    expect(compatible).toBeGreaterThan(RUNS.numRuns / 20)
  })

  it('never names a field that was added, at any depth', () => {
    fc.assert(
      fc.property(anySchema, (schema) => {
        expect(
          between(
            everywhere(schema, (fields) => ({ ...fields, added: { type: 'string' } })),
            schema,
          ),
        ).toEqual([])
      }),
      RUNS,
    )
  })

  it('always names a field that was removed', () => {
    const withFields = anyObject(anySchema).filter((schema) => Object.keys(fieldsOf(schema)).length > 0)
    fc.assert(
      fc.property(withFields, fc.nat(), (schema, seed) => {
        const fields = Object.entries(fieldsOf(schema))
        const [name] = fields[seed % fields.length] ?? ['']
        const properties = Object.fromEntries(fields.filter(([other]) => other !== name))
        const required = Array.isArray(schema.required)
          ? schema.required.filter((other) => other !== name)
          : []
        expect(between({ ...schema, properties, required }, schema)).toContainEqual(
          expect.objectContaining({ rule: 'field removed', at: name }),
        )
      }),
      RUNS,
    )
  })
})

/** The schema with the fields of each object in it changed. */
function everywhere(
  schema: Schema,
  change: (fields: Record<string, Schema>) => Record<string, Schema>,
): Schema {
  const deeper = (one: Schema) => everywhere(one, change)
  if (schema.type === 'object') {
    const fields = Object.entries(fieldsOf(schema)).map(([name, field]) => [name, deeper(field)] as const)
    return { ...schema, properties: change(Object.fromEntries(fields)) }
  }
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: schema.anyOf.map(deeper) }
  return schema
}
