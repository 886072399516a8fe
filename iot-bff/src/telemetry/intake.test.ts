import { once } from 'node:events'
import { connect as openSocket } from 'node:net'
import type { NewReading } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { encode } from 'cborg'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { coapFace, PEER, parsed, request, uint, uintOf } from '../../test/coap-peer.ts'
import { DEMO_KEY, runFilledApp } from '../../test/run-app.ts'
import { CODE, OPTION } from '../codecs/coap-message.ts'

let stored: NewReading[] = []
let failure: Error | undefined
const record = async (readings: readonly NewReading[]) => {
  if (failure) throw failure
  stored.push(...readings)
}
const GONE = new UpstreamError('telemetry', 'unavailable', 'gone')

let app: Awaited<ReturnType<typeof runFilledApp>>
beforeAll(async () => {
  app = await runFilledApp({ DEVICE_REQUESTS_PER_MINUTE: '100000' }, undefined, record)
})
afterAll(() => app.stop())
beforeEach(() => {
  stored = []
  failure = undefined
})

const PACK = JSON.stringify([{ n: 'temperature', u: 'Cel', v: 21.5 }])
const CBOR = Buffer.from(
  encode([
    new Map<number, unknown>([
      [0, 'battery'],
      [1, '%EL'],
      [2, 80],
    ]),
  ]),
)
const post = (body: string | Buffer, type = 'application/senml+json', headers: Record<string, string> = {}) =>
  fetch(`${app.addresses.http}/t`, {
    method: 'POST',
    headers: { k: DEMO_KEY, 'content-type': type, ...headers },
    body: new Uint8Array(Buffer.from(body)),
  })

test('over HTTP a pack is 204 once it is stored, in JSON and in CBOR', async () => {
  expect((await post(PACK)).status).toBe(204)
  expect((await post(CBOR, 'application/senml+cbor')).status).toBe(204)
  expect(stored.map(({ deviceId, name, value }) => [deviceId, name, value])).toEqual([
    ['d101', 'temperature', 21.5],
    ['d101', 'battery', 80],
  ])
})

test.each([
  ['no pack', '{}', 'application/senml+json', {}, 400],
  ['broken JSON', '[{', 'application/senml+json', {}, 400],
  ['another type', PACK, 'application/json', {}, 415],
  ['an object method as a type', PACK, 'constructor', {}, 415],
  ['20 KB', `[${' '.repeat(20_000)}]`, 'application/senml+json', {}, 413],
  ['a wrong key', PACK, 'application/senml+json', { k: 'nobody' }, 401],
])('over HTTP %s is a status without a body', async (_, body, type, headers, status) => {
  const answer = await post(body, type, headers)
  expect([answer.status, await answer.text(), stored.length]).toEqual([status, '', 0])
})

test('over HTTP records that are refused are counted, and a service that is gone is 503 with Retry-After', async () => {
  const answer = await post(JSON.stringify([{ n: 'a', v: 1 }, { n: 'b' }, { n: 'c', v: 'x' }]))
  expect([answer.status, await answer.text(), stored.length]).toEqual([200, '2', 1])
  failure = GONE
  const refused = await post(PACK)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '60'])
})

test('over HTTP the connection is used again after a pack', async () => {
  const socket = openSocket(Number(app.addresses.http?.split(':').at(-1)), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  const head = `POST /t HTTP/1.1\r\nHost: iot\r\nk: ${DEMO_KEY}\r\nContent-Type: application/senml+json\r\n`
  for (let i = 0; i < 3; i++) {
    socket.write(`${head}Content-Length: ${PACK.length}\r\n\r\n${PACK}`)
    expect(String((await once(socket, 'data'))[0])).toBe('HTTP/1.1 204 \r\n\r\n')
  }
})

const coapPost = (payload: Buffer, format: number | undefined) =>
  request('/t', {
    code: CODE.POST,
    payload,
    options: format === undefined ? [] : [uint(OPTION.CONTENT_FORMAT, format)],
  })

test('over CoAP a pack is 2.04 once it is stored; one that cannot be is 5.03 with Max-Age', async () => {
  const face = await coapFace({ record })
  onTestFinished(() => face.observations.stop())
  const answers = async (datagram: Buffer) => {
    face.sent.length = 0
    expect(face.handle(datagram, PEER)).toBeUndefined()
    await expect.poll(() => face.sent.length).toBe(1)
    return parsed(face.sent[0]?.datagram)
  }
  expect((await answers(coapPost(Buffer.from(PACK), 110))).code).toBe(CODE.CHANGED)
  expect((await answers(coapPost(CBOR, 112))).code).toBe(CODE.CHANGED)
  expect(stored).toHaveLength(2)
  const some = await answers(coapPost(Buffer.from(JSON.stringify([{ n: 'a' }, { n: 'b', v: 1 }])), 110))
  expect([some.code, some.payload.toString()]).toEqual([CODE.CHANGED, '1'])
  expect((await answers(coapPost(Buffer.from('[]'), 110))).code).toBe(CODE.BAD_REQUEST)
  for (const format of [undefined, 0, 60])
    expect((await answers(coapPost(CBOR, format))).code).toBe(CODE.UNSUPPORTED_CONTENT_FORMAT)
  failure = GONE
  const refused = await answers(coapPost(CBOR, 112))
  expect([refused.code, uintOf(refused, OPTION.MAX_AGE)]).toEqual([CODE.SERVICE_UNAVAILABLE, 60])
})

const session = async () => {
  const client = await connectAsync(app.addresses.mqtt ?? '', {
    username: 'd101',
    password: DEMO_KEY,
    reconnectPeriod: 0,
  })
  onTestFinished(() => client.endAsync(true))
  return client
}

test('over MQTT a pack is acknowledged once it is stored', async () => {
  const client = await session()
  await client.publishAsync('t/d101', PACK, { qos: 1, retain: true })
  await client.publishAsync('t/d101', CBOR, { qos: 1 })
  expect(stored.map(({ name }) => name)).toEqual(['temperature', 'battery'])
})

test('over MQTT a pack that cannot be stored is not acknowledged', async () => {
  const client = await session()
  failure = GONE
  let acknowledged = false
  const closed = new Promise((resolve) => client.once('close', () => resolve(undefined)))
  client.publish('t/d101', PACK, { qos: 1 }, (error) => {
    if (!error) acknowledged = true
  })
  await closed
  expect([acknowledged, stored.length]).toEqual([false, 0])
})

test.each(['t/d102', 's/ber/HB-1001', 't/d101/x'])(
  'over MQTT a device does not publish to %s',
  async (topic) => {
    const client = await session()
    const closed = new Promise((resolve) => client.once('close', () => resolve(undefined)))
    client.publish(topic, PACK, { qos: 1 }, () => {})
    await closed
    expect(stored).toHaveLength(0)
  },
)
