import type { Viewer } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { UserId } from '@harbor/shared-runtime/user-id'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { request, timed } from '../../test/upstream.ts'
import type { ServiceName } from '../services.ts'
import { createInternalTokens } from './internal-tokens.ts'

const SECOND = 1_000
const LIFE_S = 300
/** As long as an outage of identity must be survived. */
const OUTAGE_S = 60
const never = new AbortController().signal

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const passSeconds = (seconds: number) => void vi.advanceTimersByTime(seconds * SECOND)
/** Exchanges that were started beside a request come to their end. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

const viewer = (token: string, differing: Partial<Viewer> = {}): Viewer => ({
  id: UserId.parse('c1'),
  roles: new Set(),
  scopes: new Set(),
  clientId: 'app',
  token,
  ...differing,
})

/** An identity service whose state a test decides; its tokens are numbered. */
function identity() {
  const exchanges: string[] = []
  const state: { is: 'well' | 'down' | 'hanging' | 'refusing' } = { is: 'well' }
  const failure = (code: 'unavailable' | 'user_refused') => new UpstreamError('identity', code, 'of the test')
  let hanging: (() => void)[] = []
  const tokens = createInternalTokens((_, subject) => {
    exchanges.push(subject ?? '')
    const access_token = `token-${exchanges.length}`
    if (state.is === 'well') return Promise.resolve({ access_token, expires_in: LIFE_S })
    if (state.is === 'hanging')
      return new Promise((_, reject) => hanging.push(() => reject(failure('unavailable'))))
    return Promise.reject(failure(state.is === 'down' ? 'unavailable' : 'user_refused'))
  })
  return {
    exchanges,
    state,
    /** Ends what hangs, as the timeout of an exchange does. */
    timeOut() {
      for (const end of hanging) end()
      hanging = []
      return settled()
    },
    tokenFor: (user: string | Viewer | undefined, audience: ServiceName = 'orders') =>
      tokens(request({ viewer: typeof user === 'string' ? viewer(user) : user }), audience, never),
  }
}

test('a token is used to its end, and renewed half-way, beside the request that asks for it', async () => {
  const { tokenFor, exchanges } = identity()
  expect(await tokenFor('ada')).toBe('token-1')
  passSeconds(119)
  expect(await tokenFor('ada')).toBe('token-1')
  expect(exchanges).toHaveLength(1)
  passSeconds(62)
  expect(await Promise.all([tokenFor('ada'), tokenFor('ada')])).toEqual(['token-1', 'token-1'])
  await settled()
  expect(await tokenFor('ada')).toBe('token-2')
  expect(exchanges).toHaveLength(2)
})

test('a token that nobody asked for half-way is good until its last second, and no longer', async () => {
  const { tokenFor, state } = identity()
  await tokenFor('ada')
  state.is = 'down'
  passSeconds(LIFE_S - 2)
  expect(await tokenFor('ada')).toBe('token-1')
  passSeconds(1.5)
  await expect(tokenFor('ada')).rejects.toMatchObject({ code: 'unavailable' })
})

test.each(
  (['down', 'hanging'] as const).flatMap((is) => [1, 10, 30, 55].map((everyS) => [is, everyS] as const)),
)(
  'a minute in which identity is %s costs a user who asks every %i s nothing, whenever it begins',
  async (is, everyS) => {
    for (let phase = 0; phase < LIFE_S; phase += 7) {
      const { tokenFor, state, timeOut } = identity()
      // One of the dashboard's own tokens, too: without a user.
      const users = [viewer('ada'), undefined]
      for (let at = 0; at <= phase + OUTAGE_S + LIFE_S; at += everyS) {
        state.is = at > phase && at <= phase + OUTAGE_S ? is : 'well'
        for (const user of users) expect(await tokenFor(user)).toMatch(/^token-/)
        await timeOut()
        passSeconds(everyS)
      }
    }
  },
  60_000,
)

test('renewals of many users are spread, and never more than a few at a time', async () => {
  const { tokenFor, exchanges } = identity()
  const users = Array.from({ length: 200 }, (_, n) => viewer(`${n}`, { id: UserId.parse(`c${n}`) }))
  const everybody = () => Promise.all(users.map((user) => tokenFor(user)))
  await everybody()
  passSeconds(110)
  const perStep: number[] = []
  for (let at = 110; at < 190; at += 5) {
    passSeconds(5)
    const before = exchanges.length
    await everybody()
    await settled()
    perStep.push(exchanges.length - before)
  }
  expect(Math.max(...perStep)).toBeLessThanOrEqual(16)
  expect(perStep.filter((count) => count > 0).length).toBeGreaterThan(8)
  expect(exchanges.length).toBeGreaterThan(380)
})

test('a failed renewal is tried again after a while, not by every request', async () => {
  const { tokenFor, exchanges, state } = identity()
  await tokenFor('ada')
  state.is = 'down'
  passSeconds(181)
  for (let n = 0; n < 50; n++) {
    await tokenFor('ada')
    await settled()
  }
  expect(exchanges).toHaveLength(2)
  passSeconds(2)
  await tokenFor('ada')
  expect(exchanges).toHaveLength(3)
})

test('a user whose access token was refreshed just before an outage continues with the token of before', async () => {
  const { tokenFor, state, exchanges, timeOut } = identity()
  const before = await tokenFor('ada 1')
  state.is = 'down'
  expect(await tokenFor('ada 2')).toBe(before)
  state.is = 'hanging'
  // Nobody waits longer than a moment.
  vi.useRealTimers()
  const { value, ms } = await timed(tokenFor('ada 2'))
  expect([value, ms < 1_000]).toEqual([before, true])
  await timeOut()
  state.is = 'well'
  expect(await tokenFor('ada 2')).toBe(`token-${exchanges.length}`)
  expect(await tokenFor('ada 2')).not.toBe(before)
})

test('nobody else does: another user, another app, or one with other rights', async () => {
  const { tokenFor, state } = identity()
  await tokenFor('ada')
  state.is = 'down'
  for (const differing of [
    { id: UserId.parse('c2') },
    { clientId: 'another-app' },
    { roles: new Set(['staff'] as const) },
    { scopes: new Set(['checkout'] as const) },
  ])
    await expect(tokenFor(viewer('other', differing))).rejects.toMatchObject({ code: 'unavailable' })
})

test('an access token that identity refuses gets none, whatever others of the same user have', async () => {
  const { tokenFor, state } = identity()
  await tokenFor('ada 1')
  state.is = 'refusing'
  await expect(tokenFor('stolen')).rejects.toMatchObject({ code: 'user_refused' })
  // Found out at a renewal, it ends what the access token was exchanged for.
  passSeconds(181)
  expect(await tokenFor('ada 1')).toBe('token-1')
  await settled()
  await expect(tokenFor('ada 1')).rejects.toMatchObject({ code: 'user_refused' })
})

test('a user with many access tokens takes no more room than one with a few', async () => {
  const { tokenFor, exchanges } = identity()
  for (let n = 0; n < 10; n++) await tokenFor(`${n}`)
  for (let n = 6; n < 10; n++) await tokenFor(`${n}`)
  expect(exchanges).toHaveLength(10)
  await tokenFor('0')
  expect(exchanges).toHaveLength(11)
})
