import { cacheControl } from '@harbor/shared-edge/caching/cache-policy'
import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { schema } from '../schema/index.ts'
import { publicPolicy } from './public-policy.ts'

const policyOf = (document: string) => publicPolicy(schema, parse(document))

test.for([
  [
    'the lifetime of its one source',
    'query Q{categories{name}}',
    'public, max-age=30, s-maxage=120, stale-while-revalidate=60, stale-if-error=86400',
  ],
  [
    'the shortest of several',
    'query Q{product(id:"p1"){name price{amount}...F}}fragment F on Product{stock{available}}',
    'public, max-age=5, s-maxage=300, stale-while-revalidate=30, stale-if-error=86400',
  ],
  [
    'each time the shortest',
    'query Q{catalogue{edges{node{stock{available}}}}}',
    'public, max-age=5, s-maxage=120, stale-while-revalidate=30, stale-if-error=86400',
  ],
] as const)('a query has %s', ([, document, expected]) => {
  const policy = policyOf(document)
  expect(policy && cacheControl(policy, { degraded: false, forAll: true })).toBe(expected)
})

test.for([
  ['a field for a role', 'query Q{product(id:"p1"){name margin}}'],
  ['a field of a user', 'query Q{viewer{email}categories{name}}'],
  ['nothing that is asked for', 'query Q{__typename}'],
  ['a condition', 'query Q{product(id:"p1"){name price@skip(if:true){amount}}}'],
  ['a part that comes later', 'query Q{product(id:"p1"){name ...@defer{price{amount}}}}'],
  ['a type of the schema', 'query Q{categories{name}__schema{types{name}}}'],
] as const)('nobody may keep what has %s', ([, document]) => {
  expect(policyOf(document)).toBeUndefined()
})
