import { expect, it } from 'vitest'
import { type CachePolicy, cacheControl } from './cache-policy.ts'

const shared: CachePolicy = {
  scope: 'public',
  maxAge: 60,
  sharedMaxAge: 300,
  staleWhileRevalidate: 600,
  staleIfError: 86_400,
}

const whole = { degraded: false, forAll: true }

it('a public answer states its lifetime in each kind of cache', () => {
  expect(cacheControl(shared, whole)).toBe(
    'public, max-age=60, s-maxage=300, stale-while-revalidate=600, stale-if-error=86400',
  )
  expect(cacheControl({ scope: 'public', maxAge: 30, sharedMaxAge: 120 }, whole)).toBe(
    'public, max-age=30, s-maxage=120',
  )
})

it('an answer that is not public is never for a shared cache', () => {
  expect(cacheControl({ scope: 'private', maxAge: 30 }, whole)).toBe('private, max-age=30')
  expect(cacheControl(shared, { ...whole, forAll: false })).toBe(
    'private, max-age=60, stale-while-revalidate=600, stale-if-error=86400',
  )
})

it('a degraded answer is never cached, whatever the policy', () => {
  for (const policy of [shared, { scope: 'private', maxAge: 30 } as const, { scope: 'no-store' } as const])
    expect(cacheControl(policy, { ...whole, degraded: true })).toBe('no-store')
})
