import fc from 'fast-check'
import { expect, it } from 'vitest'
import { grantFor } from '../../test/test-session.ts'
import { refreshed, sessionOf } from './session.ts'

const HOUR = 3_600_000
const limits = { idleMs: HOUR / 2, maxMs: 12 * HOUR, refreshTokenMs: 336 * HOUR }
const now = 1_800_000_000_000

it('ends at the longest session, or with the refresh token, whichever is first', () => {
  const hoursOf = (grant: object, differing = {}) =>
    (sessionOf(grantFor(['customer'], grant), { ...limits, ...differing }, now).expiresAt - now) / HOUR
  expect(hoursOf({})).toBe(12)
  expect(hoursOf({}, { refreshTokenMs: 8 * HOUR })).toBe(8)
  expect(hoursOf({ refreshLifetime: 3 * 3600 })).toBe(3)
  expect(hoursOf({ refreshLifetime: 30 * 3600 })).toBe(12)
})

it('ends with the access token where there is no refresh token', () => {
  const { expiresAt, tokens } = sessionOf(grantFor(['customer'], { refresh: undefined }), limits, now)
  expect(expiresAt).toBe(tokens.goodUntil)
  expect(expiresAt).toBeLessThan(now + HOUR)
})

it('never ends later because of a refresh', () => {
  const life = fc.integer({ min: 1, max: 1_000_000 })
  fc.assert(
    fc.property(life, fc.option(life, { nil: undefined }), fc.nat(50_000_000), (access, refresh, later) => {
      const before = sessionOf(grantFor(['customer'], { accessLifetime: access }), limits, now)
      const grant = grantFor(['customer'], { refreshLifetime: refresh, accessLifetime: access })
      const after = refreshed(before, grant, now + later)
      expect(after.expiresAt).toBeLessThanOrEqual(before.expiresAt)
      if (refresh !== undefined) expect(after.expiresAt).toBeLessThanOrEqual(now + later + refresh * 1000)
    }),
  )
})

it('is refreshed before its token may no longer be sent, which is before it expires', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), (seconds) => {
      const { tokens } = sessionOf(grantFor(['customer'], { accessLifetime: seconds }), limits, now)
      expect(tokens.refreshFrom).toBeGreaterThan(now)
      expect(tokens.goodUntil).toBeGreaterThan(tokens.refreshFrom)
      expect(tokens.goodUntil).toBeLessThan(now + seconds * 1000)
    }),
  )
})

it('takes new roles, and keeps the refresh token if the service does not rotate it', () => {
  const before = sessionOf(grantFor(['staff']), limits, now)
  const next = grantFor(['staff', 'finance'], { refresh: undefined })
  const after = refreshed(before, { ...next, user: { ...next.user, name: undefined } }, now)
  expect(after.user).toMatchObject({ name: 'Ada L.', roles: ['staff', 'finance'] })
  expect(after.tokens.refresh).toBe('refresh-1')
})
