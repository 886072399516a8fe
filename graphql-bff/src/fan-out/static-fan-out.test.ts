import { ROLES } from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { random } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import { parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { anyQuery } from '../../test/any-operation.ts'
import { executed } from '../../test/execute.ts'
import { fieldPaths, operationTo } from '../../test/operation-to.ts'
import { callsOf } from '../builder/field-options.ts'
import { assertAffordable } from '../plugins/cost.ts'
import { schema } from '../schema/index.ts'
import { callsAbove } from './calls-above.ts'
import { staticFanOut } from './static-fan-out.ts'
import { asRecord } from './upstream-call.ts'

const fanOutOf = (document: string) => asRecord(staticFanOut(schema, parse(document)))

/** Every field by the shortest way to it, made from the schema: a new field is tested as soon as it is there. */
const fields = fieldPaths(schema)

test.for(fields.map((path) => [path.name, path] as const))(
  '%s and the fields above it call exactly what they say that they ask',
  async ([, path]) => {
    const { calls, errors } = await executed(operationTo(path, { rows: 1, depth: 0 }), { roles: ROLES })
    expect(errors).toEqual([])
    expect(new Set(Object.keys(calls))).toEqual(new Set(path.path.flatMap(callsOf)))
  },
)

test('what a field asks has a cost', () => {
  const free = fields.filter(({ field }) => callsOf(field).length > 0 && !field.extensions.complexity)
  expect(free.map(({ name }) => name)).toEqual([])
})

test.for([
  [
    'one call for many keys of a turn',
    'products(ids:["p1","p2"]){price{amount}stock{available}}',
    { 'catalog.byIds': 1, 'pricing.prices': 1, 'inventory.stock': 1 },
  ],
  [
    'another for each level of nesting',
    'product(id:"p1"){price{amount}recommendations{product{price{amount}recommendations{product{name}}}}}',
    { 'catalog.byIds': 3, 'pricing.prices': 2, 'recommendations.forProducts': 2 },
  ],
  [
    'none for fields beside each other',
    'a:product(id:"p1"){price{amount}} b:product(id:"p2"){...P}',
    { 'catalog.byIds': 1, 'pricing.prices': 1 },
  ],
  [
    'one for each hundred keys',
    'products(ids:$ids){recommendations(first:20){product{price{amount}}}}',
    { 'catalog.byIds': 11, 'pricing.prices': 10, 'recommendations.forProducts': 1 },
  ],
  [
    'as many keys as a literal says',
    'products(ids:["p1"]){recommendations(first:$n){product{name}}}',
    { 'catalog.byIds': 2, 'recommendations.forProducts': 1 },
  ],
  [
    'one for each field without a loader, and turns of its own below it',
    'a:catalogue{edges{node{price{amount}}}} b:catalogue{edges{node{price{amount}}}}',
    { 'catalog.list': 2, 'pricing.prices': 2 },
  ],
  [
    'one for all that the viewer is asked for',
    'viewer{displayName email loyalty{points}cart{quote{total{amount}}lines{total{amount}}}}',
    { 'customers.byIds': 1, 'cart.ofCustomer': 1, 'pricing.quote': 1 },
  ],
  [
    'one more for what is deferred',
    'product(id:"p1"){...@defer{price{amount}} price{amount}}',
    { 'catalog.byIds': 1, 'pricing.prices': 2 },
  ],
  [
    'what a condition may leave out',
    'product(id:"p1"){price@skip(if:true){amount}}',
    { 'catalog.byIds': 1, 'pricing.prices': 1 },
  ],
] as const)('a static fan-out counts %s', ([, selection, calls]) => {
  const document = `query Q($ids:[ID!]!$n:Int!){${selection}} fragment P on Product{price{currency}}`
  expect(fanOutOf(document)).toEqual(calls)
})

/** A query that would be executed: others are refused for the rows that they ask for. */
function affordable(name: string): ReturnType<typeof anyQuery> {
  for (;;) {
    const query = anyQuery(name)
    try {
      assertAffordable(schema, parse(query.text), query)
      return query
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
    }
  }
}

/** Operations side by side: mostly they wait. */
const LANES = 16

test('property: no generated operation makes more calls than its static fan-out', {
  timeout: 1_800_000,
}, async () => {
  const asked = Array.from({ length: scaled(300, 10_000) }, (_, n) => ({
    ...affordable(`Q${n}`),
    lines: 1 + Math.floor(random() * 100),
    devices: 1 + Math.floor(random() * 100),
  }))
  let exact = 0
  const check = async ({ text, ...options }: (typeof asked)[number]) => {
    expect(validate(schema, parse(text))).toEqual([])
    const { calls } = await executed(text, { roles: ROLES, takesMs: () => random() * 5, ...options })
    const made = new Map(Object.entries(calls))
    const fanOut = staticFanOut(schema, parse(text))
    expect(callsAbove(fanOut, made), text).toEqual([])
    if (JSON.stringify(asRecord(fanOut)) === JSON.stringify(asRecord(made))) exact++
  }
  const waiting = asked.values()
  const lane = async () => {
    for (const one of waiting) await check(one)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  // It is no guess from far above either.
  expect(exact).toBeGreaterThan(asked.length / 2)
})
