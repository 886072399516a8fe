import { setTimeout as pause } from 'node:timers/promises'
import { SECOND_PROVIDER, startSecondProvider } from '@harbor/mock-services/test/second-provider'
import { createBrowser, logIn, submitForm } from '@harbor/shared-testing/browser'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startLive } from '../../test/live-app.ts'
import { CSRF, HASHES } from '../../test/test-app.ts'

const { user, audience, clientId, clientSecret, seconds } = SECOND_PROVIDER

let live: Awaited<ReturnType<typeof startLive>>
let provider: Awaited<ReturnType<typeof startSecondProvider>>
let app: Awaited<ReturnType<typeof live.startApp>>
let browser: ReturnType<typeof createBrowser>

beforeAll(async () => {
  live = await startLive({ patient: true })
  provider = await startSecondProvider(`http://localhost:${live.port}`)
  app = await live.startApp({
    port: live.port,
    provider: {
      issuer: provider.issuer,
      audience,
      clientId,
      clientSecret,
      profile: { type: 'JWT', roles: 'realm_access.roles', scopes: 'scope', client: 'azp' },
    },
  })
})
afterAll(async () => {
  await provider.close()
  await live.close()
})
beforeEach(async () => {
  browser = createBrowser()
  await logIn(browser, app.url, { username: '', password: '' })
})

const session = async () => (await browser.call(`${app.url}/session`, { headers: CSRF })).json()
const post = (path: string) => browser.call(`${app.url}${path}`, { method: 'POST', headers: CSRF })
const askForOwnData = () =>
  browser.call(`${app.url}/graphql`, {
    method: 'POST',
    headers: { ...CSRF, 'content-type': 'application/json' },
    body: JSON.stringify({ documentId: HASHES.Dashboard }),
  })

it('logs in at a provider with a path, RS256 and roles elsewhere', async () => {
  expect((await session()).user).toEqual({ name: user.name, roles: ['staff'] })
})

it('refreshes the session when its access token has ended', async () => {
  const before = live.refreshTokensSent.length
  await pause((seconds + 1) * 1_000)
  await askForOwnData()
  expect(live.refreshTokensSent).toHaveLength(before + 1)
  expect((await session()).user).toMatchObject({ name: user.name })
})

it('logs out here and at the provider, which ends the sessions of other browsers by the back channel', async () => {
  const { endSessionUrl } = await (await post('/auth/logout')).json()
  expect(endSessionUrl).toContain(`${provider.issuer}/session/end`)
  expect((await session()).user).toBeNull()
  // The provider still has its own session of this browser: the next log-in is without a form.
  await logIn(browser, app.url, { username: '', password: '' })
  expect((await session()).user).toMatchObject({ name: user.name })
  const page = await browser.go(endSessionUrl)
  await submitForm(browser, page, { logout: 'yes' })
  await expect.poll(async () => (await session()).user).toBeNull()
})
