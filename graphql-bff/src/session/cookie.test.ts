import { expect, it } from 'vitest'
import { createCookies } from './cookie.ts'

it('with https: names whose prefix browsers enforce', () => {
  const { session, logIn } = createCookies(true)
  expect(session.set('id')).toBe('__Host-Http-session=id; Path=/; HttpOnly; Secure; SameSite=Strict')
  expect(logIn.set('x')).toBe('__Host-Http-log-in=x; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax')
})

it('above the maximum size of browsers is an error', () => {
  for (const secure of [true, false])
    for (const cookie of Object.values(createCookies(secure))) {
      const room = 4_096 - cookie.set('').length
      expect(cookie.set('x'.repeat(room)).length).toBe(4_096)
      expect(() => cookie.set('x'.repeat(room + 1))).toThrow('4097 bytes. Allowed: 4096')
    }
})

it('with http: different names, so that the two are never confused', () => {
  const { session, logIn } = createCookies(false)
  expect(session.set('id')).toBe('dev-session=id; Path=/; HttpOnly; SameSite=Strict')
  expect(logIn.set('x')).toBe('dev-log-in=x; Max-Age=600; Path=/; HttpOnly; SameSite=Lax')
  expect(createCookies(true).session.read('dev-session=id')).toBeUndefined()
  expect(session.read('__Host-Http-session=id')).toBeUndefined()
})

it('is read among others, and cleared with the attributes it was set with', () => {
  const { session } = createCookies(true)
  expect(session.read('a=b; __Host-Http-session=id; c=d')).toBe('id')
  expect(session.read('x__Host-Http-session=id')).toBeUndefined()
  expect(session.read(null)).toBeUndefined()
  expect(session.clear()).toBe('__Host-Http-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict')
})
