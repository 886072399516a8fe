import { createRateLimiter } from '@harbor/shared-edge/limits/rate-limiter'
import { rateLimiting } from '@harbor/shared-edge/limits/rate-limiting'
import { createLog } from '@harbor/shared-runtime/log'
import { expect, test } from 'vitest'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { OPERATIONS } from '../../test/operations.ts'
import { CSRF } from '../../test/test-app.ts'
import { testSession } from '../../test/test-session.ts'
import { testWrites } from '../../test/test-writes.ts'
import { createApp } from '../app.ts'
import { Config } from '../config.ts'
import { rateLimitPolicies } from './rate-limits.ts'

/** An app with these quotas, as its settings say them. */
function limitedApp(env: Record<string, string>) {
  const policies = rateLimitPolicies(Config.parse(env))
  const log = createLog('test', 'silent')
  const limiter = createRateLimiter({ name: 'test', policies, secret: 'secret', log })
  const { boundary, cookieOf } = testSession()
  const { clients } = fakeUpstreams()
  const app = createApp({
    clients,
    writes: testWrites(clients),
    session: boundary,
    operations: OPERATIONS,
    log,
    limits: rateLimiting(limiter, undefined),
  })
  const ask = (cookie = '') =>
    app.request('/graphql', {
      method: 'POST',
      headers: { ...CSRF, cookie, 'content-type': 'application/json' },
      body: '{}',
    })
  return { ask, cookieOf, app }
}

test('a session over its limit is refused, and another one of the same user goes on', async () => {
  const { ask, cookieOf } = limitedApp({ RATE_LIMIT_SESSION: '2/60' })
  const [one, other] = [await cookieOf('customer'), await cookieOf('customer')]
  const statuses: number[] = []
  for (const cookie of [one, one, one, other]) statuses.push((await ask(cookie)).status)
  expect(statuses.map((status) => status === 429)).toEqual([false, false, true, false])
})

test('all sessions of a user count together, and nobody else is counted with them', async () => {
  const { ask, cookieOf } = limitedApp({ RATE_LIMIT_USER: '2/60' })
  const statuses: number[] = []
  for (let n = 0; n < 3; n++) statuses.push((await ask(await cookieOf('customer'))).status)
  expect(statuses.map((status) => status === 429)).toEqual([false, false, true])
  expect((await ask()).status).not.toBe(429)
})

test.each(['RATE_LIMIT_AUTH', 'RATE_LIMIT_ADDRESS'])(
  'with %s used up, every way to end a session is open, and costs nobody else a request',
  async (setting) => {
    const { app, cookieOf } = limitedApp({ [setting]: '3/60' })
    const logIn = async () => (await app.request('/auth/callback')).status
    const end = async (path: string) => {
      const form = path === '/auth/backchannel-logout'
      const type = form ? 'application/x-www-form-urlencoded' : 'application/json'
      const headers = { ...(!form && CSRF), cookie: await cookieOf('customer'), 'content-type': type }
      return (await app.request(path, { method: 'POST', headers })).status
    }
    const ends = { '/auth/logout': 200, '/auth/logout-everywhere': 200, '/auth/backchannel-logout': 400 }
    for (let n = 0; n < 10; n++)
      for (const [path, status] of Object.entries(ends))
        expect([path, await end(path)]).toEqual([path, status])
    expect([await logIn(), await logIn(), await logIn(), await logIn()]).toEqual([303, 303, 303, 429])
    for (const [path, status] of Object.entries(ends)) expect([path, await end(path)]).toEqual([path, status])
  },
)
