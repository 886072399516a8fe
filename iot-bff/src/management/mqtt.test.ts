import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_KEY, OTHER_KEY, runFilledApp } from '../../test/run-app.ts'

const TOKENS = { ADMIN_TOKEN: 'an-admin-token-of-a-test', MQTT_AUTH_TOKEN: 'a-broker-token-of-a-test' }

let app: Awaited<ReturnType<typeof runFilledApp>>
beforeAll(async () => {
  app = await runFilledApp({ ...TOKENS, COAP_PLAIN_DEVICE: '' })
})
afterAll(() => app.stop())

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json; charset=utf-8'

async function ask(path: string, fields: unknown, type = JSON_TYPE) {
  const body = typeof fields === 'string' ? fields : JSON.stringify(fields)
  const headers = { authorization: `Bearer ${TOKENS.MQTT_AUTH_TOKEN}`, 'content-type': type }
  const response = await app.manage(path, { method: 'POST', headers, body })
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    answer: await response.json(),
  }
}
const logIn = (username: string, password: string) => ({
  username,
  password,
  clientid: 'c1',
  peerhost: '192.0.2.7',
})

test('a device with its key is let in, and is no superuser; as JSON and as a form', async () => {
  const allowed = { status: 200, type: 'application/json', answer: { result: 'allow', is_superuser: false } }
  expect(await ask('/mqtt/auth', logIn('d101', DEMO_KEY))).toEqual(allowed)
  expect(await ask('/mqtt/auth', new URLSearchParams(logIn('d101', DEMO_KEY)).toString(), FORM)).toEqual(
    allowed,
  )
})

test.each([
  ['a key of nobody', logIn('d101', 'nobody'), JSON_TYPE],
  ["another device's key", logIn('d101', OTHER_KEY), JSON_TYPE],
  ['no such device', logIn('d999', DEMO_KEY), JSON_TYPE],
  ['no key', { username: 'd101' }, JSON_TYPE],
  ['an anonymous client', { username: null, password: null }, JSON_TYPE],
  ['a placeholder that was not filled in', logIn('undefined', 'undefined'), JSON_TYPE],
  ['a key that is no text', { username: 'd101', password: { $ne: '' } }, JSON_TYPE],
  ['no JSON', '{', JSON_TYPE],
  ['another type', JSON.stringify(logIn('d101', DEMO_KEY)), 'text/plain'],
])('%s is denied, in a form that no broker takes for "ignore"', async (_, fields, type) => {
  expect(await ask('/mqtt/auth', fields, type)).toMatchObject({ status: 200, answer: { result: 'deny' } })
})

test.each([
  ['publish', 't/d101', 'deny'],
  ['subscribe', 's/ber/#', 'allow'],
  ['subscribe', 's/ham/#', 'deny'],
  ['publish', 's/ber/HB-1001', 'deny'],
  ['all', 't/d101', 'deny'],
])('%s %s: %s, as JSON and as a form', async (action, topic, result) => {
  const fields = { username: 'd101', action, topic, qos: '1', retain: 'false' }
  expect((await ask('/mqtt/acl', fields)).answer).toEqual({ result })
  expect((await ask('/mqtt/acl', new URLSearchParams(fields).toString(), FORM)).answer).toEqual({ result })
})

test('a user name that is no device is refused everything', async () => {
  for (const username of ['d999', '', null, undefined])
    expect((await ask('/mqtt/acl', { username, action: 'subscribe', topic: 's/ber/#' })).answer).toEqual({
      result: 'deny',
    })
})

test('of a key that is being replaced the broker is told when it ends; revoked, it may nothing any more', async () => {
  const admin = async (method: string, path: string, body: unknown = {}) => {
    const headers = { authorization: `Bearer ${TOKENS.ADMIN_TOKEN}` }
    return app.manage(path, { method, headers, ...(method !== 'DELETE' && { body: JSON.stringify(body) }) })
  }
  const lists = { list: 'a', lists: { a: { version: 1, skus: ['A'] } } }
  const { key } = await (await admin('POST', '/devices', { id: 'd7', store: 'ber', ...lists })).json()
  const before = Date.now() / 1000
  await admin('POST', '/devices/d7/keys', { graceSeconds: 100 })
  const { answer } = await ask('/mqtt/auth', logIn('d7', key))
  expect(answer.expire_at).toBeGreaterThan(before + 98)
  expect(answer.expire_at).toBeLessThan(before + 102)
  expect(Number.isInteger(answer.expire_at)).toBe(true)

  await admin('DELETE', '/devices/d7')
  expect((await ask('/mqtt/auth', logIn('d7', key))).answer).toEqual({ result: 'deny' })
  const use = { username: 'd7', action: 'subscribe', topic: 's/ber/#' }
  expect((await ask('/mqtt/acl', use)).answer).toEqual({ result: 'deny' })
})
