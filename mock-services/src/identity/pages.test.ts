import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MockServices, startMockServices } from '../index.ts'
import { pagePolicy } from './page-files.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
})
afterAll(() => mocks.close())

test.each([
  ['/pages.css', 'text/css; charset=utf-8'],
  ['/favicon.svg', 'image/svg+xml'],
  ['/favicon.ico', 'image/svg+xml'],
])('the log-in pages find %s', async (path, type) => {
  const answer = await fetch(`${mocks.services.identity}${path}`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
  expect((await answer.text()).length).toBeGreaterThan(100)
})

test('a page that says what is wrong runs no script and sends its form nowhere', async () => {
  const answer = await fetch(`${mocks.services.identity}/interaction/unknown`)
  expect(answer.status).toBe(400)
  expect(answer.headers.get('content-security-policy')).toBe(pagePolicy(undefined))
  expect(await answer.text()).not.toMatch(/<script|<style|style=/)
})

test.each([
  ['http://localhost:4000/auth/callback?a=b', "form-action 'self' http://localhost:4000;"],
  ['example.harbor.app:/callback', "form-action 'self' example.harbor.app:;"],
  ["http://localhost:4000; script-src 'unsafe-inline'", "form-action 'self';"],
  [undefined, "form-action 'self';"],
])('the form of a page that leads to %s may go there, and nowhere else', (goesTo, expected) => {
  const policy = pagePolicy(goesTo)
  expect(policy).toContain(expected)
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
})
