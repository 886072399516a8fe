import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { DEMO_KEY, runApp } from '../../test/run-app.ts'

const TOKENS = { ADMIN_TOKEN: 'an-admin-token-of-a-test', MQTT_AUTH_TOKEN: 'a-broker-token-of-a-test' }

let app: Awaited<ReturnType<typeof runApp>>
beforeAll(async () => {
  app = await runApp({ ...TOKENS, COAP_PLAIN_DEVICE: '' })
})
afterAll(() => app.stop())

const routes = () =>
  app.managementRoutes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => [method, path.replace(/:\w+/g, 'd101')] as const)

test('the management port has routes of devices and of brokers', () => {
  expect(routes().length).toBeGreaterThan(8)
})

test('every route without its token, or with the token of others, is a 401 that says no more', async () => {
  for (const [method, path] of routes()) {
    const others = path.startsWith('/mqtt') ? TOKENS.ADMIN_TOKEN : TOKENS.MQTT_AUTH_TOKEN
    for (const authorization of [
      undefined,
      'Bearer ',
      `Bearer ${others}`,
      `Bearer ${DEMO_KEY}`,
      `Basic ${others}`,
    ]) {
      const response = await app.manage(path, { method, headers: authorization ? { authorization } : {} })
      expect([method, path, response.status]).toEqual([method, path, 401])
      const isToken = authorization?.startsWith('Bearer ') && authorization !== 'Bearer '
      expect(response.headers.get('www-authenticate')).toBe(
        isToken ? 'Bearer error="invalid_token"' : 'Bearer',
      )
      expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' })
    }
  }
})

test('no route is there without the setting', async () => {
  const closed = await runApp()
  onTestFinished(closed.stop)
  for (const [method, path] of routes()) {
    const response = await closed.manage(path, { method, headers: { authorization: 'Bearer undefined' } })
    expect(await response.json()).toMatchObject({
      status: 404,
      detail: expect.stringContaining('_TOKEN is not set'),
    })
  }
})
