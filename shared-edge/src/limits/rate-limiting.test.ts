import { toProblem } from '@harbor/shared-runtime/problems'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { problemResponse } from '../http/problem-response.ts'
import { policyOf } from './policy.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { rateLimiting } from './rate-limiting.ts'

const POLICIES = [
  policyOf('4/60', { name: 'address', per: 'address' }),
  policyOf('2/30', { name: 'auth', per: 'address', under: '/auth/' }),
  policyOf('3/60', { name: 'user', per: 'user' }),
]

function limitedApp() {
  const limiter = createRateLimiter({ name: 'test', policies: POLICIES, secret: 'secret' })
  const app = new Hono()
  app.use(...rateLimiting(limiter, undefined))
  app.get('/public', (c) => c.text('ok', 200, { 'Cache-Control': 'public, max-age=60' }))
  app.get('/mine', async (c) => {
    await c.var.countAs?.('user', c.req.header('user') ?? '')
    return c.text('ok')
  })
  app.get('/auth/login', (c) => c.text('ok'))
  app.onError((error) => problemResponse(toProblem(error), 'trace'))
  return (path: string, { from = '192.0.2.1', user = 'c1' } = {}) =>
    app.request(path, { headers: { user } }, { incoming: { socket: { remoteAddress: from } } })
}

const limits = ({ status, headers }: Response) => ({
  status,
  policy: headers.get('ratelimit-policy'),
  limit: headers.get('ratelimit'),
})

describe('requests from an address', () => {
  test('are answered with the remaining quota, and refused when it is used up', async () => {
    const get = limitedApp()
    expect(limits(await get('/unknown'))).toEqual({
      status: 404,
      policy: '"address";q=4;w=60',
      limit: '"address";r=3;t=60',
    })
    for (let i = 0; i < 3; i++) await get('/unknown')
    const refused = await get('/unknown')
    expect(limits(refused)).toEqual({
      status: 429,
      policy: '"address";q=4;w=60',
      limit: '"address";r=0;t=60',
    })
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(await refused.json()).toMatchObject({ code: 'RATE_LIMITED', retryable: true, status: 429 })
  })

  test('are counted per address; an IPv6 /64 counts as one address', async () => {
    const get = limitedApp()
    for (let i = 0; i < 5; i++) await get('/unknown', { from: `2001:db8:0:1::${i}` })
    expect((await get('/unknown', { from: '2001:db8:0:1:ffff::' })).status).toBe(429)
    expect((await get('/unknown', { from: '2001:db8:0:2::' })).status).toBe(404)
    expect((await get('/unknown')).status).toBe(404)
  })

  test('have a limit of their own below a path', async () => {
    const get = limitedApp()
    expect(limits(await get('/auth/login'))).toEqual({
      status: 200,
      policy: '"address";q=4;w=60, "auth";q=2;w=30',
      limit: '"address";r=3;t=60, "auth";r=1;t=30',
    })
    await get('/auth/login')
    const refused = await get('/auth/login')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30'])
    expect((await get('/unknown')).status).toBe(404)
  })
})

test('requests of a user are counted together, whatever their address', async () => {
  const get = limitedApp()
  const first = limits(await get('/mine', { from: '192.0.2.1' }))
  expect(first.limit).toBe('"address";r=3;t=60, "user";r=2;t=60')
  for (const from of ['192.0.2.2', '192.0.2.3']) expect((await get('/mine', { from })).status).toBe(200)
  const refused = await get('/mine', { from: '192.0.2.4' })
  expect(refused.status).toBe(429)
  expect((await refused.json()).detail).toBe('Above the limit of requests per user: 3 in 60 s.')
  expect((await get('/mine', { from: '192.0.2.5', user: 'c2' })).status).toBe(200)
})

test('a response for shared caches contains the policy, but not the remaining quota of its first reader', async () => {
  expect(limits(await limitedApp()('/public'))).toEqual({
    status: 200,
    policy: '"address";q=4;w=60',
    limit: null,
  })
})
