import { expect, it } from 'vitest'
import { type CachePolicy, cacheControl, vary } from './cache-policy.ts'

const shared: CachePolicy = {
  scope: 'public',
  maxAge: 60,
  sharedMaxAge: 300,
  staleWhileRevalidate: 600,
  staleIfError: 86_400,
}

it('a public answer says how long each kind of cache may keep it', () => {
  expect(cacheControl(shared, false)).toBe(
    'public, max-age=60, s-maxage=300, stale-while-revalidate=600, stale-if-error=86400',
  )
  expect(cacheControl({ scope: 'public', maxAge: 30, sharedMaxAge: 120 }, false)).toBe(
    'public, max-age=30, s-maxage=120',
  )
})

it('an answer for one customer is never for a shared cache, and varies by credential', () => {
  expect(cacheControl({ scope: 'private', maxAge: 30 }, false)).toBe('private, max-age=30')
  expect(vary({ scope: 'private', maxAge: 30 })).toContain('Authorization')
  expect(vary(shared)).not.toContain('Authorization')
})

it('a degraded answer is never kept, whatever the policy', () => {
  for (const policy of [shared, { scope: 'private', maxAge: 30 } as const, { scope: 'no-store' } as const])
    expect(cacheControl(policy, true)).toBe('no-store')
})
