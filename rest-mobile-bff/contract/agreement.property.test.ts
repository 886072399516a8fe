import { parametersOf, routesOf, type Schema } from '@harbor/shared-contract/openapi/document'
import { documentOf } from '@harbor/shared-contract/record'
import { bodyOf } from '@harbor/shared-contract/samples'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { mobileApi } from './api.ts'

const document = documentOf(mobileApi())
const ajv = new Ajv2020({ strict: false, coerceTypes: false })

/** Each input of each route: the document's schema, the server's, and a value that both take. */
const INPUTS = [...SCREENS.map((screen) => ({ ...screen, method: 'GET' })), ...ACTIONS].flatMap((route) => {
  const operation = routesOf(document).find(({ name }) => name === `${route.method} ${route.path}`)?.operation
  if (!operation) throw new Error(`${route.name} is not in the document`)
  const shapes: Record<'path' | 'query', z.ZodObject> = {
    path: route.params,
    query: 'query' in route ? route.query : z.object({}),
  }
  return parametersOf(document, operation).flatMap(({ name, in: place, schema, example }) => {
    const own = place === 'path' || place === 'query' ? shapes[place].shape[name] : undefined
    const value = example ?? schema.example ?? 'MS4w'
    return own ? [{ about: `${route.name} ${name}`, said: schema, own, value }] : []
  })
})

/** Near what is right: where bounds, anchors, flags and classes of letters show. */
const near = (value: string) =>
  fc.oneof(
    fc.constantFrom(
      value,
      value.toUpperCase(),
      value.toLowerCase(),
      `${value}\n`,
      ` ${value}`,
      `${value} `,
      '',
    ),
    fc.nat(220).map((times) => value.repeat(times)),
    fc
      .tuple(fc.nat(value.length), fc.string({ maxLength: 2 }))
      .map(([at, more]) => value.slice(0, at) + more + value.slice(at)),
    fc.string({ unit: 'grapheme', maxLength: 120 }),
    fc.string({ unit: fc.constantFrom('a', ' ', '😀', '\u0958', '\t', '\u00a0'), maxLength: 120 }),
  )

const isInteger = ({ type }: Schema) => type === 'integer'

describe('what the document allows is what the server takes', () => {
  it.each(INPUTS.map((input) => [input.about, input] as const))('%s', (_, { said, own, value }) => {
    const allows = ajv.compile(said)
    const values = isInteger(said)
      ? fc.oneof(fc.integer({ min: -3, max: 60 }).map(String), fc.maxSafeInteger().map(String))
      : near(String(value))
    fc.assert(
      fc.property(values, (text) => {
        const taken = own.safeParse(text).success
        const allowed = allows(isInteger(said) ? Number(text) : text)
        // White space around words is passed over, which a document cannot count.
        if (taken && !allowed && text.replace(/\s+/g, ' ').trim() !== text) return
        expect([text, taken]).toEqual([text, allowed])
      }),
      { numRuns: 300 },
    )
  })

  it.each(ACTIONS.filter(({ body }) => body).map((action) => [action.name, action] as const))(
    'the body of %s, with each field changed',
    (_, action) => {
      const route = routesOf(document).find(({ name }) => name === `${action.method} ${action.path}`)
      const said = route?.operation.requestBody?.content['application/json']?.schema
      const schema = action.body
      if (!route || !said || !schema) throw new Error(`${action.name} has no body`)
      const allows = ajv.compile(said)
      const { body } = bodyOf(document, route)
      const odd = fc.oneof(
        fc.jsonValue(),
        fc.integer({ min: -2, max: 101 }),
        near('card'),
        near('HB-1001'),
        near('k1001'),
        fc.record({ amount: fc.oneof(fc.integer(), fc.double()), currency: near('EUR') }),
      )
      const fields = [...Object.keys(Object(body)), 'total', 'unknown']
      fc.assert(
        fc.property(fc.constantFrom(...fields), odd, (field, value) => {
          const given = { ...Object(body), [field]: value }
          expect([given, schema.safeParse(given).success]).toEqual([given, allows(given)])
        }),
        { numRuns: 500 },
      )
    },
  )
})
