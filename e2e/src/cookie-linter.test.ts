import { expect, it } from 'vitest'
import { lintAnswer, lintCookie } from './cookie-linter.ts'

const ID = 'x'.repeat(43)
const SEALED = 'x'.repeat(300)
const HTTPS = 'https://shop.example/auth/callback'
const HTTP = 'http://localhost:4000/auth/callback'
const SESSION = `__Host-Http-session=${ID}; Path=/; HttpOnly; Secure; SameSite=Strict`

it.each([
  [HTTPS, SESSION],
  [HTTPS, '__Host-Http-session=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict'],
  [HTTPS, `__Host-Http-log-in=${SEALED}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`],
  [HTTP, `dev-session=${ID}; Path=/; HttpOnly; SameSite=Strict`],
  [HTTP, `dev-log-in=${SEALED}; Max-Age=600; Path=/; HttpOnly; SameSite=Lax`],
])('at %s is good: %s', (url, line) => expect(lintCookie(url, line)).toEqual([]))

it.each([
  ['another name', HTTPS, SESSION.replace('__Host-Http-', '')],
  ['a prefix of less', HTTPS, SESSION.replace('__Host-Http-', '__Host-')],
  ['no HttpOnly', HTTPS, SESSION.replace('; HttpOnly', '')],
  ['no Secure', HTTPS, SESSION.replace('; Secure', '')],
  ['no SameSite', HTTPS, SESSION.replace('; SameSite=Strict', '')],
  ['Lax', HTTPS, SESSION.replace('Strict', 'Lax')],
  ['None', HTTPS, SESSION.replace('Strict', 'None')],
  ['a domain', HTTPS, `${SESSION}; Domain=shop.example`],
  ['another path', HTTPS, SESSION.replace('Path=/', 'Path=/graphql')],
  ['no path', HTTPS, SESSION.replace('Path=/; ', '')],
  ['a life beyond the browser', HTTPS, `${SESSION}; Max-Age=86400`],
  ['a date to expire', HTTPS, `${SESSION}; Expires=Wed, 01 Jan 2070 00:00:00 GMT`],
  ['an attribute twice', HTTPS, `${SESSION}; SameSite=None`],
  ['a short value', HTTPS, SESSION.replace(ID, '12345')],
  ['a token for a value', HTTPS, SESSION.replace(ID, 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjMTAwMSJ9.c2ln')],
  ['the name for https over http', 'http://shop.example/', SESSION],
  ['the development name over https', HTTPS, `dev-session=${ID}; Path=/; HttpOnly; SameSite=Strict`],
  [
    'the development name elsewhere',
    'http://10.0.0.1/',
    `dev-session=${ID}; Path=/; HttpOnly; SameSite=Strict`,
  ],
  ['a log-in of an hour', HTTP, `dev-log-in=${SEALED}; Max-Age=3600; Path=/; HttpOnly; SameSite=Lax`],
  ['a log-in for as long as the browser lives', HTTP, `dev-log-in=${SEALED}; Path=/; HttpOnly; SameSite=Lax`],
  ['nothing at all', HTTP, ''],
])('%s is found', (_, url, line) => {
  expect(lintCookie(url, line)).not.toEqual([])
  const answer = new Response('', { headers: { 'set-cookie': line || 'x' } })
  expect(() => lintAnswer(answer, url)).toThrow('sets a cookie that it may not set')
})
