import { readdir } from 'node:fs/promises'
import fc from 'fast-check'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { coapFace, request } from '../../test/coap-peer.ts'
import { level, snapshotEnd } from '../../test/fake-feed.ts'
import { DEMO_KEY, OTHER_KEY, runApp } from '../../test/run-app.ts'
import { CODE } from '../codecs/coap-message.ts'
import { MESSAGES } from '../messages/index.ts'
import { RESOURCES } from './resources.ts'
import { mayUse, TOPICS } from './topics.ts'

/** Two devices of two stores, in which nothing is the same. */
const DEVICES = [
  { id: 'd101', key: DEMO_KEY, store: 'ber', lists: ['shelf'], stock: { 'HB-1001': '1', 'HB-1002': '0' } },
  { id: 'd102', key: OTHER_KEY, store: 'ham', lists: ['window'], stock: { 'HB-1001': '0', 'HB-1021': '1' } },
] as const
type Asking = (typeof DEVICES)[number]
type Access = (typeof RESOURCES)[number]['access']

/** Values for each parameter of a path: those of every device, and some that do not exist. Add new parameters here. */
const NAMES: Record<string, readonly string[]> = {
  '{sku}': [...new Set(DEVICES.flatMap(({ stock }) => Object.keys(stock))), 'HB-9999', 'd102'],
  '{list}': [...DEVICES.flatMap(({ lists }) => lists), 'cellar', 'd102', 'd102/window'],
}

/** What an access rule lets a device see under a name: its answer, or why there is none. */
const SEEN: Record<
  (typeof RESOURCES)[number]['access'],
  (asking: Asking, name: string | undefined) => string
> = {
  'any-device': () => 'same for all',
  'own-store': ({ stock }, name = '') =>
    Object.entries(stock).find(([sku]) => sku === name)?.[1] ?? 'not found',
  'own-list': ({ lists }, name) => {
    if (name === undefined) return 'own list'
    // A slash in a name makes it a longer path, which is no resource.
    if (name.includes('/')) return 'not found'
    return lists.some((list) => list === name) ? 'own list' : 'forbidden'
  },
}

const LEVELS = DEVICES.flatMap(({ store, stock }) =>
  Object.entries(stock).map(([sku, flag]) => level(store, sku, Number(flag))),
)
/** What else is on the lists of the demo. */
const OF_LISTS = [
  ...Array.from({ length: 18 }, (_, n) => level('ber', `HB-${1003 + n}`, 1)),
  ...Array.from({ length: 7 }, (_, n) => level('ham', `HB-${1022 + n}`, 1)),
]

const MQTT_AUTH_TOKEN = 'a-broker-token-of-a-test'

/** Every path of a resource, with every name. */
const paths = RESOURCES.flatMap(({ path, access }): { path: string; name?: string; access: Access }[] => {
  const variable = path.find((segment) => segment.startsWith('{'))
  if (variable === undefined) return [{ path: `/${path.join('/')}`, access }]
  const names = NAMES[variable]
  if (names === undefined) throw new Error(`say in NAMES what stands for ${variable}`)
  return names.map((name) => ({ path: `/${path.join('/').replace(variable, name)}`, name, access }))
})
const matrix = DEVICES.flatMap((asking) => paths.map((resource) => ({ asking, ...resource })))

let app: Awaited<ReturnType<typeof runApp>>
beforeAll(async () => {
  app = await runApp({ MQTT_AUTH_TOKEN, BAD_KEYS_PER_MINUTE: '1000', DEVICE_REQUESTS_PER_MINUTE: '1000' })
  app.feed.send(...OF_LISTS, ...LEVELS, snapshotEnd('1'))
  await app.ready()
})
afterAll(() => app.stop())

/** The same words for HTTP and CoAP. */
const wordFor = (path: string, code: number, body: Buffer): string => {
  if (code === 404 || code === CODE.NOT_FOUND) return 'not found'
  if (code === 403 || code === CODE.FORBIDDEN) return 'forbidden'
  if (path.startsWith('/.well-known')) return 'same for all'
  return path.startsWith('/b') ? 'own list' : body.toString()
}

describe('every resource, asked for by each device under the names of every device', () => {
  test.each(matrix)('HTTP: $asking.id asks for $path', async ({ asking, path, name, access }) => {
    const response = await app.http(path, { k: asking.key })
    const body = Buffer.from(await response.arrayBuffer())
    expect(wordFor(path, response.status, body)).toBe(SEEN[access](asking, name))
  })

  test.each(matrix)('CoAP: $asking.id asks for $path', async ({ asking, path, name, access }) => {
    const face = await coapFace({ plainDevice: asking.id })
    onTestFinished(() => face.observations.stop())
    face.store.beginSnapshot()
    for (const event of [...OF_LISTS, ...LEVELS])
      if (event.kind === 'level') face.store.set(event.warehouse, event.sku, event.available)
    face.store.endSnapshot()
    const { code, payload } = face.ask(request(path))
    expect(wordFor(path, code, payload)).toBe(SEEN[access](asking, name))
  })

  test.each(paths)(
    '$path without a key is refused, by HTTP and CoAP, with nothing else said',
    async ({ path }) => {
      for (const headers of [{}, { k: '' }, { k: 'nobody' }, { k: DEMO_KEY.slice(0, -1) }]) {
        const response = await app.http(path, headers)
        expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([
          401,
          '',
          null,
        ])
      }
      const face = await coapFace({ plainDevice: 'nobody' })
      const { code, options, payload } = face.ask(request(path))
      expect([code, options, payload.length]).toEqual([CODE.UNAUTHORIZED, [], 0])
    },
  )

  test("another device's list cannot be told from one that nobody has", async () => {
    const [theirs, nobodys] = await Promise.all([app.http('/b/window'), app.http('/b/cellar')])
    expect([theirs.status, [...theirs.headers]]).toEqual([nobodys.status, [...nobodys.headers]])
  })
})

test('every file of messages/ declares one that is listed, and each has a rule of who may have it', async () => {
  const files = await readdir(new URL('../messages', import.meta.url))
  const messages = files
    .filter((name) => !/^(representation|define-message|index)|\.test\.ts$/.test(name))
    .map((name) => name.slice(0, -3))
  for (const file of messages) {
    const declared: unknown[] = Object.values(await import(`../messages/${file}.ts`))
    expect([file, MESSAGES.some((message) => declared.includes(message))]).toEqual([file, true])
  }
  expect(messages).toHaveLength(MESSAGES.length)
  for (const message of MESSAGES) expect('posts' in message || message.reads.length > 0).toBe(true)
})

test('what no rule names is not found, by any method, in HTTP and CoAP', async () => {
  const known = new Set(RESOURCES.map(({ path }) => `${path[0]} ${path.length}`))
  const segment = fc.constantFrom(
    ...['s', 'b', 't', 'S', '', '.well-known', 'core', 'rd', 'admin', 'devices', 'mqtt', 'acl', 'metrics'],
    ...['readyz', 'livez', '*', '#', '+', '$SYS', 'd101', 'd102', 'HB-1001', '__proto__', 'constructor'],
  )
  const face = await coapFace()
  face.fill()
  await fc.assert(
    fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 4 }), async (path) => {
      fc.pre(!known.has(`${path[0]} ${path.length}`))
      const text = `/${path.map(encodeURIComponent).join('/')}`
      expect((await app.http(text)).status).toBe(404)
      if (!path.includes('')) expect(face.ask(request(`/${path.join('/')}`)).code).toBe(CODE.NOT_FOUND)
    }),
    { numRuns: 60 },
  )
})

const OWN = (topic: string, { store, id }: Asking) => topic.replace('{store}', store).replace('{device}', id)
const topics = DEVICES.flatMap((asking) =>
  TOPICS.flatMap(({ action, topic, below }) =>
    DEVICES.flatMap((owner) =>
      (below ? ['#', '+', 'HB-1001', 'x/y/+'] : ['']).map((rest) => ({
        asking,
        action,
        topic: OWN(topic, owner) + rest,
        allowed: owner === asking,
      })),
    ),
  ),
)
/** What would reach beyond a device's own, and what is near it. */
const TRICKS = [
  ...[
    '#',
    '+',
    '+/#',
    '+/+/+',
    's/#',
    's/+',
    's/+/#',
    's/+/HB-1001',
    's/ber',
    's/berlin/#',
    's',
    's//#',
    '/s/ber/#',
  ],
  ...[
    'S/ber/#',
    's/ber+/#',
    '$SYS/#',
    '$SYS/broker/clients/connected',
    '$share/x/s/ber/#',
    '$share/x/s/ham/#',
  ],
  ...['$queue/s/ber/#', '$delayed/1/s/ham/A', 't/#', 't/+', 't/d101/#', 't/d101x', 't', 't//d101', ''],
]

describe('every topic rule, used by each device on the topics of every device', () => {
  const asked = async (asking: Asking, action: string, topic: string) => {
    const response = await app.manage('/mqtt/acl', {
      method: 'POST',
      headers: { authorization: `Bearer ${MQTT_AUTH_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ username: asking.id, action, topic }),
    })
    return response.json()
  }
  const subscribed = async (asking: Asking, topic: string) => {
    const options = { username: asking.id, password: asking.key, reconnectPeriod: 0 }
    const client = await connectAsync(app.addresses.mqtt ?? '', options)
    const granted = await client.subscribeAsync(topic).then(
      () => true,
      () => false,
    )
    await client.endAsync(true)
    return granted
  }

  test.each(topics)('a remote broker: $asking.id, $action, $topic: $allowed', async (use) => {
    // Without a broker of yours nobody takes what devices publish there.
    const result = use.allowed && use.action === 'subscribe' ? 'allow' : 'deny'
    expect(await asked(use.asking, use.action, use.topic)).toEqual({ result })
  })

  test.each(topics.filter(({ action }) => action === 'subscribe'))(
    'the embedded broker: $asking.id subscribes to $topic: $allowed',
    async ({ asking, topic, allowed }) => {
      expect(await subscribed(asking, topic)).toBe(allowed)
    },
  )

  test.each(TRICKS)('nobody may use %s', async (topic) => {
    const [{ id, store }] = DEVICES
    const device = { id, store, list: 'shelf', lists: {} }
    expect([mayUse(device, 'subscribe', topic), mayUse(device, 'publish', topic)]).toEqual([false, false])
    expect(await asked(DEVICES[0], 'subscribe', topic)).toEqual({ result: 'deny' })
  })

  test('what is allowed to subscribe may not be published to, nor the other way round', () => {
    for (const { asking, action, topic, allowed } of topics) {
      const device = { ...asking, list: 'x', lists: {} }
      expect(mayUse(device, action === 'subscribe' ? 'publish' : 'subscribe', topic)).toBe(false)
      expect(mayUse(device, action, topic)).toBe(allowed)
    }
  })
})
