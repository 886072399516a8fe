import { expect, onTestFinished, test } from 'vitest'
import { startAnswering, startUpstream, timed } from '../../test/upstream.ts'
import { openPool } from '../call/outbound.ts'
import { loadIdentityKeys } from './identity.ts'

function keysOf(address: string) {
  const pool = openPool(address)
  onTestFinished(() => pool.destroy())
  return loadIdentityKeys(pool)
}

test('the key set is given as identity has it', async () => {
  const set = { keys: [{ kty: 'EC', kid: 'k1', crv: 'P-256', x: 'x', y: 'y' }] }
  const identity = await startAnswering(200, JSON.stringify(set))
  expect(await keysOf(identity.address)).toEqual(set)
  expect(identity.requests[0]?.url).toBe('/jwks')
})

test.each([
  [503, 'Service Unavailable', 'unavailable'],
  [500, '{"keys":[]}', 'unavailable'],
  [404, '{}', 'invalid_answer'],
  [200, '{"keys":"none"}', 'invalid_answer'],
  [200, '<html>', 'invalid_answer'],
])('status %i with %j is %s', async (status, body, code) => {
  const identity = await startAnswering(status, body)
  await expect(keysOf(identity.address)).rejects.toMatchObject({
    name: 'UpstreamError',
    upstream: 'identity',
    code,
  })
})

test('an identity that is down, or hangs, is unavailable within about 2 s', async () => {
  const hanging = await startUpstream(() => {})
  const { ms, error } = await timed(keysOf(hanging.address))
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(ms).toBeLessThan(3_000)
  await hanging.close()
  await expect(keysOf(hanging.address)).rejects.toMatchObject({ code: 'unavailable' })
})
