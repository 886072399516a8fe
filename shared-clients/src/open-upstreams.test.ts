import { parseConfig } from '@harbor/shared-runtime/config'
import { createLog } from '@harbor/shared-runtime/log'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { callSettings, clientSecret, openUpstreams } from './open-upstreams.ts'

const Config = z.object({ ...callSettings, IDENTITY_CLIENT_SECRET: clientSecret('mobile-bff') })
const open = async (env: Record<string, string>) => {
  const config = parseConfig(Config, env)
  await openUpstreams({ clientId: 'mobile-bff', config, log: createLog('test', 'silent') }).close()
}

const REMOTE = { IDENTITY_URL: 'https://id.example/realms/shop' }

describe('the development secret of a client, which everybody knows', () => {
  it.each(['http://localhost:4101', 'http://127.0.0.1:4101', 'http://[::1]:4101'])(
    'is accepted for identity at %s',
    async (url) => {
      await open({ IDENTITY_URL: url })
    },
  )
  it.each([
    {},
    { IDENTITY_CLIENT_SECRET: 'mobile-bff-secret' },
    { IDENTITY_URL: 'http://127.0.0.1.example' },
    { IDENTITY_URL: 'http://mock-services:4101' },
  ])('is refused for identity on another machine: %j', async (env) => {
    await expect(open({ ...REMOTE, ...env })).rejects.toThrow(
      'IDENTITY_CLIENT_SECRET: given the development secret, or nothing',
    )
  })
  it('gives way to one of your own, or to a setting that says so', async () => {
    await open({ ...REMOTE, IDENTITY_CLIENT_SECRET: 'one of our own' })
    await open({ ...REMOTE, DEVELOPMENT_SECRETS: 'true' })
  })
})
