import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer, connect as openSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { StartError } from '@harbor/shared-runtime/part'
import { findTool, runTool, startTool } from '@harbor/shared-testing/tools'
import { connect, connectAsync, type IClientOptions } from 'mqtt'
import { expect, onTestFinished, test } from 'vitest'
import { level, snapshotEnd } from '../../test/fake-feed.ts'
import { DEMO_KEY, DEMO_STOCK, OTHER_KEY, runApp, runFilledApp, sendDemoStock } from '../../test/run-app.ts'

const mosquittoSub = findTool('mosquitto_sub')
const mosquitto = findTool('mosquitto')

const WHOLE_SET = DEMO_STOCK.map(({ sku, available }) => [`s/ber/${sku}`, available > 0 ? '1' : '0'])
const DEVICE = { username: 'd101', password: DEMO_KEY }

const filledApp = async (env: Record<string, string> = {}) => {
  const app = await runFilledApp(env)
  onTestFinished(app.stop)
  return app
}

/** A client that keeps the newest message of each topic. */
async function subscriber(address: string | undefined, topic: string, options: IClientOptions = DEVICE) {
  const client = connect(address ?? '', { reconnectPeriod: 0, ...options })
  onTestFinished(() => client.endAsync(true))
  const flags = new Map<string, string>()
  const messages: string[] = []
  client.on('message', (name, payload) => {
    messages.push(name)
    flags.set(name, payload.toString())
  })
  await new Promise<void>((resolve) => client.once('connect', () => resolve()))
  await client.subscribeAsync(topic, { qos: 1 })
  return { client, flags, messages }
}

const sorted = (flags: Map<string, string>) => [...flags].sort()

test('a device finds its store retained, one byte a flag, and hears of each change once', async () => {
  const app = await filledApp()
  const { flags, messages } = await subscriber(app.addresses.mqtt, 's/ber/#')
  await expect.poll(() => sorted(flags)).toEqual(WHOLE_SET)
  messages.length = 0
  app.feed.send(
    level('ber', 'HB-1001', 9, '2'),
    level('ber', 'HB-1001', 0, '3'),
    level('ham', 'HB-1001', 1, '4'),
  )
  await expect.poll(() => flags.get('s/ber/HB-1001')).toBe('0')
  expect(messages).toEqual(['s/ber/HB-1001'])
})

test('nothing is retained before the first snapshot is complete', async () => {
  const app = await runApp()
  onTestFinished(app.stop)
  const { flags } = await subscriber(app.addresses.mqtt, 's/ber/#')
  app.feed.send(level('ber', 'HB-1001', 1))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(flags.size).toBe(0)
  sendDemoStock(app.feed)
  await expect.poll(() => sorted(flags)).toEqual(WHOLE_SET)
})

test('a SKU that is no longer known is taken away, not said to be out of stock', async () => {
  const app = await filledApp()
  const { flags } = await subscriber(app.addresses.mqtt, 's/ber/#')
  await expect.poll(() => flags.size).toBe(20)
  app.feed.fail(new UpstreamError('inventory', 'conflict', 'too old'))
  const resumed = await app.stock.connection(1)
  resumed.send(snapshotEnd('9'))
  await expect.poll(() => new Set(flags.values())).toEqual(new Set(['']))
  const late = await subscriber(app.addresses.mqtt, 's/ber/#')
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(late.flags.size).toBe(0)
})

test.each([
  ['a wrong key', { username: 'd101', password: OTHER_KEY }],
  ["another device's name", { username: 'd102', password: DEMO_KEY }],
  ['nothing', {}],
])('%s is not let in', async (_, options) => {
  const app = await filledApp()
  await expect(connectAsync(app.addresses.mqtt ?? '', { reconnectPeriod: 0, ...options })).rejects.toThrow()
})

test.each(['#', '+/ber/#', 's/+/HB-1001', 's/ham/HB-1001', 's/ber', '$SYS/#', 't/d101', '$share/x/s/ber/#'])(
  'a device may not subscribe to %s',
  async (topic) => {
    const app = await filledApp()
    const client = await connectAsync(app.addresses.mqtt ?? '', { reconnectPeriod: 0, ...DEVICE })
    onTestFinished(() => client.endAsync(true))
    await expect(client.subscribeAsync(topic)).rejects.toThrow('Subscribe error')
  },
)

test('a device may not publish, nor leave a will', async () => {
  const app = await filledApp()
  const reader = await subscriber(app.addresses.mqtt, 's/ber/HB-1001')
  const will = { topic: 's/ber/HB-1001', payload: Buffer.from('0'), retain: true, qos: 1 } as const
  const writer = await connectAsync(app.addresses.mqtt ?? '', { reconnectPeriod: 0, ...DEVICE, will })
  const closed = new Promise<void>((resolve) => writer.once('close', resolve))
  writer.publish('s/ber/HB-1001', '0', { qos: 1, retain: true })
  await closed
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(reader.flags.get('s/ber/HB-1001')).toBe('1')
})

test('who sends much before logging in is cut off', async () => {
  const app = await filledApp()
  const socket = openSocket(Number(app.addresses.mqtt?.split(':').at(-1)), '127.0.0.1')
  // A CONNECT that says it is 200 MB long.
  socket.write(Buffer.concat([Buffer.from('1080d0ac5f', 'hex'), Buffer.alloc(2_000)]))
  socket.on('error', () => {})
  await expect.poll(() => socket.closed, { timeout: 2_000 }).toBe(true)
})

test('who has logged in may go on sending', async () => {
  const app = await filledApp()
  const { client, flags } = await subscriber(app.addresses.mqtt, 's/ber/HB-1001')
  for (let i = 0; i < 60; i++) await client.subscribeAsync(`s/ber/HB-1${i}`)
  expect([client.connected, flags.get('s/ber/HB-1001')]).toEqual([true, '1'])
})

test('what a device misses while it is away is not kept for it: the retained flag is', async () => {
  const app = await filledApp()
  const session = { ...DEVICE, clientId: 'd101', clean: false }
  const before = await subscriber(app.addresses.mqtt, 's/ber/HB-1001', session)
  await before.client.endAsync()
  for (let i = 0; i < 5; i++) app.feed.send(level('ber', 'HB-1001', i % 2, String(2 + i)))
  await expect.poll(async () => (await app.http('/s/HB-1001')).text()).toBe('0')
  const after = await subscriber(app.addresses.mqtt, 's/ber/HB-1001', session)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(after.messages).toEqual(['s/ber/HB-1001'])
})

test('a port that is taken is a message that names MQTT_PORT', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const start = runApp({ MQTT_PORT: port })
  await expect(start).rejects.toThrow(StartError)
  await expect(start).rejects.toThrow(/MQTT_PORT/)
})

test.skipIf(!mosquittoSub)('mosquitto_sub reads the retained flags', async () => {
  const app = await filledApp()
  const port = app.addresses.mqtt?.split(':').at(-1) ?? ''
  const options = ['-h', '127.0.0.1', '-p', port, '-u', 'd101', '-P', DEMO_KEY, '-t', 's/ber/#', '-v']
  const output = await runTool(mosquittoSub ?? '', [...options, '-q', '1', '-C', '20', '-W', '5'])
  expect(output.trim().split('\n').sort()).toEqual(WHOLE_SET.map((pair) => pair.join(' ')))
})

/** A real broker, on a port of its own. */
async function startMosquitto(port?: number) {
  const free = port ?? (await freePort())
  const file = join(await mkdtemp(join(tmpdir(), 'mosquitto-')), 'mosquitto.conf')
  await writeFile(file, `listener ${free} 127.0.0.1\nallow_anonymous true\n`)
  const broker = startTool(mosquitto ?? '', ['-c', file])
  onTestFinished(async () => {
    broker.end()
    await broker.ended
  })
  await expect.poll(broker.errors).toContain('running')
  return { url: `mqtt://127.0.0.1:${free}`, port: free, broker }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

test.skipIf(!mosquitto)('a real broker has the whole set, and again after it was restarted', async () => {
  const first = await startMosquitto()
  const app = await filledApp({ MQTT_URL: first.url })
  const before = await subscriber(first.url, 's/#', {})
  await expect.poll(() => sorted(before.flags)).toEqual(WHOLE_SET)

  first.broker.end()
  await first.broker.ended
  app.feed.send(level('ber', 'HB-1001', 0, '2'))
  await startMosquitto(first.port)
  const after = await subscriber(first.url, 's/#', {})
  const changed = WHOLE_SET.map(([topic, flag]) => [topic, topic === 's/ber/HB-1001' ? '0' : flag])
  await expect.poll(() => sorted(after.flags), { timeout: 5_000 }).toEqual(changed)
})

test.skipIf(!mosquitto)('at a broker that has it, flags expire', async () => {
  const { url } = await startMosquitto()
  await filledApp({ MQTT_URL: url })
  const client = await connectAsync(url, { reconnectPeriod: 0, protocolVersion: 5 })
  onTestFinished(() => client.endAsync(true))
  const expiry = new Promise((resolve) =>
    client.on('message', (_topic, _payload, { properties }) => resolve(properties?.messageExpiryInterval)),
  )
  await client.subscribeAsync('s/#', { qos: 1 })
  expect(await expiry).toBeGreaterThan(290)
  expect(await expiry).toBeLessThanOrEqual(300)
})

test.skipIf(!mosquitto)('a broker that is not there does not keep the process from serving', async () => {
  const app = await filledApp({ MQTT_URL: `mqtt://127.0.0.1:${await freePort()}` })
  expect(app.unready()).toEqual([])
})

/** The answer to a CONNECT of the device, with a client id and flags: user name, password, and clean session if 2. */
async function connack(
  address: string | undefined,
  clientId: string,
  clean: 0 | 2,
  version = 4,
): Promise<string> {
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)])
  const head = Buffer.from([version, 0xc0 | clean, 0, 60, ...(version === 5 ? [0] : [])])
  const body = Buffer.concat([text('MQTT'), head, ...[clientId, 'd101', DEMO_KEY].map(text)])
  const socket = openSocket(Number(address?.split(':').at(-1)), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]))
  const [answer] = await once(socket, 'data')
  return answer.toString('hex')
}

test.each([
  ['', 2, 4, '20020000'],
  ['', 0, 4, '20020002'],
  ['label', 0, 4, '20020000'],
  ['label', 2, 5, '20020001'],
] as const)(
  'a client id %o with the clean flag %i in version %i is answered %s',
  async (clientId, clean, version, expected) => {
    const app = await filledApp()
    expect(await connack(app.addresses.mqtt, clientId, clean, version)).toBe(expected)
  },
)
