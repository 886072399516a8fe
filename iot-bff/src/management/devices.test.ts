import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createLog } from '@harbor/shared-runtime/log'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { runFilledApp } from '../../test/run-app.ts'
import type { DeviceRecord } from '../devices/record.ts'
import { writtenRegistry } from '../devices/registry-file.ts'

const ADMIN_TOKEN = 'an-admin-token-of-a-test'

const LISTS = { list: 'top', lists: { top: { version: 1, skus: ['HB-1001', 'HB-1002'] } } }

let app: Awaited<ReturnType<typeof runFilledApp>>
let file: string
let logged: string
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'devices-')), 'devices.json')
  await writeFile(file, writtenRegistry([]))
  logged = ''
  const sink = new Writable({
    write(chunk, _, done) {
      logged += chunk
      done()
    },
  })
  const SEAL_KEYS = randomBytes(32).toString('base64')
  const env = { ADMIN_TOKEN, DEVICES_FILE: file, COAP_PLAIN_DEVICE: '', SEAL_KEYS }
  app = await runFilledApp(env, createLog('iot-bff', 'info', sink))
})
afterAll(() => app.stop())

/** A device of its own for each test. */
let device: { id: string; store: string } & typeof LISTS
let at: string
let tests = 0
beforeEach(() => {
  device = { id: `t${++tests}`, store: 'ber', ...LISTS }
  at = `/devices/${device.id}`
})

async function act(method: string, path: string, body?: unknown) {
  const response = await app.manage(path, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
}
const flag = async (key: string, path = '/s/HB-1001') => {
  const response = await app.http(path, { k: key })
  return [response.status, Buffer.from(await response.arrayBuffer()).toString('latin1')]
}

test('a device that was created comes in with its key, and has its bitmap', async () => {
  const { status, headers, body } = await act('POST', '/devices', device)
  expect([status, headers.get('location')]).toEqual([201, at])
  expect(body).toEqual({ ...device, keys: [{ id: expect.any(String) }], key: expect.any(String) })
  expect(await flag(body.key)).toEqual([200, '1'])
  expect(await flag(body.key, '/b')).toEqual([200, '\x01\x80'])
})

test('a key fits the byte budget of a flag over HTTP, and is of 128 bits', async () => {
  const { body } = await act('POST', '/devices', device)
  expect(body.key).toMatch(/^[\w-]{22}$/)
  const exchange = [
    `GET /s/HB-1001 HTTP/1.1\r\nHost: iot\r\nk: ${body.key}\r\n\r\n`,
    'HTTP/1.1 200 \r\nETag: "1"\r\nCache-Control: max-age=300\r\nContent-Length: 1\r\n\r\n1',
  ]
  expect(exchange.join('').length).toBe(141)
})

test('neither a key nor its hash is shown again, kept in the file, or logged', async () => {
  const first = await act('POST', '/devices', device)
  const second = await act('POST', `${at}/keys`, { graceSeconds: 60 })
  const kept: DeviceRecord[] = JSON.parse(await readFile(file, 'utf8')).devices
  const keys = kept.find(({ id }) => id === device.id)?.keys ?? []
  const shown = JSON.stringify([await act('GET', '/devices'), await act('GET', at)])
  for (const secret of [first.body.key, second.body.key]) {
    expect(shown).not.toContain(secret)
    expect(logged).not.toContain(secret)
    expect(await readFile(file, 'utf8')).not.toContain(secret)
  }
  expect(keys).toHaveLength(2)
  for (const { hash } of keys) {
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(shown + logged).not.toContain(hash)
  }
})

test('a rotated key comes in at once, the old one until its grace ends', async () => {
  const { key: old } = (await act('POST', '/devices', device)).body
  const { status, body } = await act('POST', `${at}/keys`, { graceSeconds: 1 })
  expect([status, body.keys.length]).toEqual([201, 2])
  expect(Date.parse(body.keys[0].until) - Date.now()).toBeLessThanOrEqual(1_000)
  expect([await flag(old), await flag(body.key)]).toEqual([
    [200, '1'],
    [200, '1'],
  ])
  await vi.waitFor(async () => expect(await flag(old)).toEqual([401, '']), { timeout: 2_000 })
  expect(await flag(body.key)).toEqual([200, '1'])
})

test('a context for OSCORE is given once, hexadecimal, and kept sealed', async () => {
  await act('POST', '/devices', device)
  const { status, body } = await act('POST', `${at}/contexts`)
  expect([status, body.contexts]).toEqual([201, [{ id: body.context.id }]])
  expect(body.context).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{6}$/),
    masterSecret: expect.stringMatching(/^[0-9a-f]{32}$/),
    masterSalt: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  const shown = JSON.stringify([await act('GET', '/devices'), await act('GET', at)])
  for (const secret of [body.context.masterSecret, body.context.masterSalt, 'sealed'])
    expect(shown + logged).not.toContain(secret)
  const kept = await readFile(file, 'utf8')
  expect(kept).not.toContain(body.context.masterSecret)
  expect(kept).toContain(`"id": "${body.context.id}"`)
})

test('a second context leaves the first its time; a third ends it; each can be revoked', async () => {
  await act('POST', '/devices', device)
  const first = (await act('POST', `${at}/contexts`)).body.context.id
  const second = (await act('POST', `${at}/contexts`, { graceSeconds: 400 * 86_400 })).body
  expect(second.contexts).toEqual([{ id: first, until: expect.any(String) }, { id: second.context.id }])
  const third = (await act('POST', `${at}/contexts`, { graceSeconds: 0 })).body
  expect(third.contexts).toEqual([{ id: third.context.id }])
  expect((await act('DELETE', `${at}/contexts/${first}`)).status).toBe(404)
  expect((await act('DELETE', `${at}/contexts/${third.context.id}`)).status).toBe(204)
  expect((await act('GET', at)).body.contexts).toEqual([])
})

test('after a second rotation the first key is dead, whatever grace it had', async () => {
  const first = (await act('POST', '/devices', device)).body
  const second = (await act('POST', `${at}/keys`, { graceSeconds: 600 })).body
  const third = (await act('POST', `${at}/keys`, { graceSeconds: 600 })).body
  expect([(await flag(first.key))[0], (await flag(second.key))[0], (await flag(third.key))[0]]).toEqual([
    401, 200, 200,
  ])
})

test('without grace the old key is dead at once', async () => {
  const { key } = (await act('POST', '/devices', device)).body
  await act('POST', `${at}/keys`, { graceSeconds: 0 })
  expect(await flag(key)).toEqual([401, ''])
})

test('a key and a device are revoked', async () => {
  const { key, keys } = (await act('POST', '/devices', device)).body
  const next = (await act('POST', `${at}/keys`, { graceSeconds: 600 })).body
  expect((await act('DELETE', `${at}/keys/${keys[0].id}`)).status).toBe(204)
  expect([await flag(key), await flag(next.key)]).toEqual([
    [401, ''],
    [200, '1'],
  ])
  expect((await act('DELETE', at)).status).toBe(204)
  expect([await flag(next.key), (await act('GET', at)).status]).toEqual([[401, ''], 404])
})

test('other lists are answered at once, and the ones before no longer', async () => {
  const { key } = (await act('POST', '/devices', device)).body
  const lists = { list: 'low', lists: { low: { version: 9, skus: ['HB-1002', 'HB-1003'] } } }
  expect((await act('PUT', `${at}/lists`, lists)).body).toMatchObject(lists)
  expect([await flag(key, '/b'), await flag(key, '/b/top')]).toEqual([
    [200, '\x09\x40'],
    [403, ''],
  ])
})

test('devices are listed page by page', async () => {
  for (const id of ['p9', 'p7', 'p8']) await act('POST', '/devices', { ...device, id })
  const first = (await act('GET', '/devices?limit=2&after=p0')).body
  expect([first.devices.map(({ id }: { id: string }) => id), first.next]).toEqual([['p7', 'p8'], 'p8'])
  const last = (await act('GET', `/devices?limit=1&after=${first.next}`)).body
  expect([last.devices.map(({ id }: { id: string }) => id), last.next]).toEqual([['p9'], expect.anything()])
})

test.each([
  ['no JSON', 'POST', '/devices', '{', 'INVALID_REQUEST', 'not JSON'],
  ['no id', 'POST', '/devices', { store: 'ber', ...LISTS }, 'INVALID_REQUEST', 'id'],
  [
    'an id that could not stand in a topic',
    'POST',
    '/devices',
    { id: 'd/#', store: 'ber', ...LISTS },
    'INVALID_REQUEST',
    'id',
  ],
  [
    'a list that is missing',
    'POST',
    '/devices',
    { id: 'd1', store: 'ber', ...LISTS, list: 'x' },
    'INVALID_REQUEST',
    'missing',
  ],
  [
    'a version that is no byte',
    'PUT',
    '/devices/d1/lists',
    { list: 'x', lists: { x: { version: 256, skus: ['A'] } } },
    'INVALID_REQUEST',
    'version',
  ],
  [
    'a grace of a year',
    'POST',
    '/devices/d1/keys',
    { graceSeconds: 31_536_000 },
    'INVALID_REQUEST',
    'graceSeconds',
  ],
  ['a page of a million', 'GET', '/devices?limit=1000000', undefined, 'INVALID_REQUEST', 'limit'],
  ['a body of a megabyte', 'POST', '/devices', 'x'.repeat(1_048_576), 'TOO_LARGE', undefined],
  ['a device that is not there', 'POST', '/devices/d1/keys', {}, 'NOT_FOUND', 'no device d1'],
  ['a device that is not there', 'DELETE', '/devices/d1', undefined, 'NOT_FOUND', 'no device d1'],
])('%s: %s %s is a problem that says what is wrong', async (_, method, path, body, code, detail) => {
  const answer = await act(method, path, body)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.body).toMatchObject({ code, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) })
  if (detail) expect(answer.body.detail).toContain(detail)
})

test('a device cannot be created twice, nor a key revoked that it does not have', async () => {
  await act('POST', '/devices', device)
  expect((await act('POST', '/devices', device)).body).toMatchObject({ status: 409, code: 'CONFLICT' })
  expect((await act('DELETE', `${at}/keys/k0`)).body).toMatchObject({ status: 404, code: 'NOT_FOUND' })
})

test('each action is logged: what, which device and key, by whom', async () => {
  const { keys } = (await act('POST', '/devices', device)).body
  await act('DELETE', `${at}/keys/${keys[0].id}`)
  const actions = logged
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((line) => line.device === device.id)
  expect(actions).toMatchObject([
    { action: 'create', device: device.id, keyId: keys[0].id, by: '127.0.0.1' },
    { action: 'revoke key', device: device.id, keyId: keys[0].id, by: '127.0.0.1' },
  ])
})

test('a registry that cannot be written is a 503, and nothing has changed', async () => {
  const { key } = (await act('POST', '/devices', device)).body
  await writeFile(file, 'broken by hand')
  expect((await act('DELETE', at)).body).toMatchObject({ status: 503, retryable: true })
  expect(await flag(key)).toEqual([200, '1'])
})

test('without SEAL_KEYS there is no OSCORE', async () => {
  const unsealed = await runFilledApp({ ADMIN_TOKEN })
  onTestFinished(() => unsealed.stop())
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const response = await unsealed.manage('/devices/d101/contexts', { method: 'POST', headers })
  expect([response.status, (await response.json()).detail]).toEqual([
    404,
    'Not enabled: SEAL_KEYS is not set.',
  ])
})
