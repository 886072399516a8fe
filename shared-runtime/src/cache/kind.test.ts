import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test/cache.ts'
import { UserId } from '../user-id.ts'
import { createCache, shapeHash } from './index.ts'
import { createKind } from './kind.ts'

const POLICY = { ttlMs: 1_000, graceMs: 0, negativeTtlMs: 0, tiers: 'memory' } as const

describe('the hash of a shape', () => {
  const base = z.object({ id: z.string(), price: z.object({ amount: z.int() }).optional() })

  test('is equal for equal shapes, whatever the order of fields and the descriptions', () => {
    const same = z.object({
      price: z.object({ amount: z.int().describe('of minor units') }).optional(),
      id: z.string(),
    })
    expect(shapeHash(same)).toBe(shapeHash(base))
    expect(shapeHash(base)).toMatch(/^[0-9a-f]{12}$/)
  })

  test.each([
    ['a field more', z.object({ ...base.shape, name: z.string() })],
    ['a field less', base.omit({ price: true })],
    ['another name', z.object({ sku: z.string(), price: base.shape.price })],
    ['another type', z.object({ ...base.shape, id: z.int() })],
    ['a type within', z.object({ ...base.shape, price: z.object({ amount: z.string() }).optional() })],
    ['optional or not', z.object({ ...base.shape, price: base.shape.price.unwrap() })],
    ['null or not', z.object({ ...base.shape, id: z.string().nullable() })],
    ['a list', z.array(base)],
    ['a field called description', z.object({ ...base.shape, description: z.string() })],
    ['a field called title', z.object({ ...base.shape, title: z.string() })],
  ])('differs by %s', (_, other) => {
    expect(shapeHash(other)).not.toBe(shapeHash(base))
  })

  test('property: differs exactly when fields or types do', () => {
    const types = { text: z.string(), number: z.number(), flag: z.boolean(), list: z.array(z.string()) }
    const fields = fc.dictionary(
      fc.constantFrom('a', 'b', 'title', 'description', 'properties', 'required'),
      fc.constantFrom(...(Object.keys(types) as (keyof typeof types)[])),
    )
    const schemaOf = (shape: Record<string, keyof typeof types>) =>
      z.object(Object.fromEntries(Object.entries(shape).map(([name, type]) => [name, types[type]])))
    const canonical = (shape: object) => JSON.stringify(Object.entries(shape).sort())
    fc.assert(
      fc.property(fields, fields, (one, two) => {
        const same = canonical(one) === canonical(two)
        expect(shapeHash(schemaOf(one)) === shapeHash(schemaOf(two))).toBe(same)
      }),
    )
  })
})

describe('data that must not be in a key or an entry', () => {
  test('property: no two entities share a key', () => {
    const namespace = fc.stringMatching(/^[a-z0-9-]{1,4}:[a-z0-9-]{1,4}$/)
    const keyOf = (name: string, id: string) =>
      createKind({ namespace: name, schema: Thing, policy: POLICY }).prefix + id
    fc.assert(
      fc.property(namespace, fc.string(), namespace, fc.string(), (n1, id1, n2, id2) => {
        expect(keyOf(n1, id1) === keyOf(n2, id2)).toBe(n1 === n2 && id1 === id2)
      }),
    )
  })

  test('the id of a user is refused by the compiler', () => {
    const things = createCache({ name: 'types' }).define({
      namespace: 'catalog:thing',
      schema: Thing,
      policy: POLICY,
    })
    const user = UserId.parse('u1')
    const never = () => {
      // @ts-expect-error the id of a user
      void things.get(user, async () => undefined)
      // @ts-expect-error the ids of users
      void things.getMany([user], async () => new Map())
      void things.getMany(['p1' as string], async () => new Map())
    }
    expect(never).toBeTypeOf('function')
  })

  test('data of a user is refused by the compiler, and again at start', () => {
    const cache = createCache<'catalog' | 'reviews'>({ name: 'types' })
    const order = {
      namespace: 'catalog:order',
      schema: z.object({ customerId: z.string() }),
      policy: POLICY,
    } as const
    // @ts-expect-error a field of a user
    expect(() => cache.define(order)).toThrow('customerId in its schema')
    const list = { namespace: 'catalog:orders', schema: z.array(order.schema), policy: POLICY } as const
    // @ts-expect-error a list of entities with a field of a user
    expect(() => cache.define(list)).toThrow('customerId in its schema')
    const deep = z.object({ page: z.object({ owner: z.object({ email: z.string() }) }) })
    expect(() => cache.define({ namespace: 'catalog:page', schema: deep, policy: POLICY })).toThrow('email')
    // @ts-expect-error not a service whose answers may be cached
    void (() => cache.define({ namespace: 'orders:order', schema: Thing, policy: POLICY }))
  })

  test.each(['catalog', 'catalog:a:b', 'Catalog:thing', 'catalog:{thing}', ':'])(
    'namespace %j is refused',
    (namespace) => {
      expect(() => createKind({ namespace, schema: Thing, policy: POLICY })).toThrow('allowed: service:kind')
    },
  )

  test.each([{ ttlMs: 0 }, { ttlMs: Number.NaN }, { graceMs: -1 }, { negativeTtlMs: 86_400_001 }])(
    'policy %j is refused, with what is allowed',
    (wrong) => {
      const policy = { ...POLICY, ...wrong }
      expect(() => createKind({ namespace: 'a:b', schema: Thing, policy })).toThrow(/allowed: \d to 86400000/)
    },
  )

  test('a kind is defined once', () => {
    const cache = createCache({ name: 'twice' })
    const define = () => cache.define({ namespace: 'a:b', schema: Thing, policy: POLICY })
    define()
    expect(define).toThrow('one definition per namespace')
  })
})
