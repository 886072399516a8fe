import { expect, test } from 'vitest'
import { identityKeysPart } from './identity-keys-part.ts'

test('keys that cannot be loaded are in the details with the reason, until they can', async () => {
  let down = true
  const { load, part } = identityKeysPart(async () => {
    if (down) throw new Error('connect ECONNREFUSED')
    return { keys: [{ kty: 'EC' }] }
  })
  await part.start()
  await expect.poll(() => part.details?.()).toEqual({ loaded: 0, lastFailure: 'connect ECONNREFUSED' })
  expect(part.unready?.()).toBeUndefined()
  await expect(load()).rejects.toThrow('ECONNREFUSED')
  down = false
  await load()
  expect(part.details?.()).toEqual({ loaded: 1 })
})
