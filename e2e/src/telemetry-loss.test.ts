import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@harbor/shared-testing/free-port'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { random, SEED } from '@harbor/shared-testing/seed'
import { scaled } from '@harbor/shared-testing/soak'
import { findTool, startTool } from '@harbor/shared-testing/tools'
import { until } from '@harbor/shared-testing/until'
import { connectAsync } from 'mqtt'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Running, startProcess, upstreamAddresses } from './harness.ts'
import { startTelemetryStore } from './telemetry-store.ts'

const READINGS = scaled(4_000, 100_000)
const PER_PACK = 10
/** Packs that devices have under way, over HTTP and over MQTT each. */
const SIDE_BY_SIDE = 8
const DEMO_DEVICES = fileURLToPath(new URL('../../iot-bff/devices.demo.json', import.meta.url))
const mosquitto = findTool('mosquitto')

describe.skipIf(!mosquitto || !hasRedis())('telemetry, while every process on its way is killed', () => {
  it(`loses none of ${READINGS} readings that were acknowledged`, {
    timeout: scaled(90_000, 1_800_000),
  }, async () => {
    const world = await openWorld()
    onTestFinished(world.close)
    const packs = Array.from({ length: READINGS / PER_PACK }, (_, n) => packOf(n))
    const half = packs.length / 2
    let isSent = false
    const sending = Promise.all([
      sendOverHttp(world, packs.slice(0, half)),
      sendOverMqtt(world, packs.slice(half)),
    ]).finally(() => {
      isSent = true
    })
    sending.catch(() => {}) // it is awaited after the kills
    const kills = { replica: 0, broker: 0, redis: 0, service: 0 }
    const order = shuffled(Object.keys(kills) as (keyof typeof kills)[])
    // Each is killed at least once, in an order by chance.
    for (let n = 0; n < order.length || !isSent; n++) {
      const kind = order[n % order.length] ?? 'service'
      await world.kill[kind]()
      kills[kind]++
      await sleep(200 + random() * 300)
    }
    await sending
    world.store.settle()
    // What waits at the broker arrives once the service stays up.
    await until(() => world.store.stored.size === READINGS, scaled(30_000, 300_000)).catch(() => {})
    const { duplicates, deaths } = world.store.counts()
    process.stdout.write(
      `SEED=${SEED}: ${READINGS} readings, ${JSON.stringify(kills)}, ${deaths} deaths of the service, ${duplicates} duplicates marked\n`,
    )
    const lost = packs.flat().filter(({ v }) => !world.store.stored.has(v))
    expect(lost).toEqual([])
  })
})

type Reading = { n: string; v: number; t: number }

/** Readings with times of their own: sent again, they have the same ids. */
const packOf = (n: number): Reading[] =>
  Array.from({ length: PER_PACK }, (_, i) => {
    const v = n * PER_PACK + i
    return { n: 'temperature', v, t: STARTED_S - READINGS + v }
  })
const STARTED_S = Math.floor(Date.now() / 1000)

const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((one) => ({ one, by: random() }))
    .sort((a, b) => a.by - b.by)
    .map(({ one }) => one)

type World = Awaited<ReturnType<typeof openWorld>>

/** Two replicas behind a broker of their own, on a Redis that keeps its data. */
async function openWorld() {
  const services = await startProcess('mock-services')
  const store = await startTelemetryStore()
  const redis = await RedisServer.start(['--appendonly', 'yes', '--appendfsync', 'always'])
  const folder = await mkdtemp(join(tmpdir(), 'mosquitto-'))
  const brokerPort = await freePort()
  const config = join(folder, 'mosquitto.conf')
  await writeFile(
    config,
    [
      `listener ${brokerPort} 127.0.0.1`,
      'allow_anonymous true',
      'user root',
      'max_queued_messages 0',
      'persistence true',
      `persistence_location ${folder}/`,
      '',
    ].join('\n'),
  )
  const startBroker = async () => {
    const started = startTool(mosquitto ?? '', ['-c', config])
    await until(() => started.errors().includes('running'))
    return started
  }
  let broker = await startBroker()
  const demo = await (await fetch(`${services.addresses.control}/demo`)).json()
  const env = {
    ...upstreamAddresses(demo.services),
    TELEMETRY_URL: store.url,
    REDIS_URL: redis.url,
    MQTT_URL: `mqtt://127.0.0.1:${brokerPort}`,
    DEVICES_FILE: DEMO_DEVICES,
    DEVICE_REQUESTS_PER_MINUTE: '100000000',
  }
  const startReplica = () => startProcess('iot-bff', env)
  const replicas: Running[] = await Promise.all([startReplica(), startReplica()])
  return {
    store,
    brokerUrl: `mqtt://127.0.0.1:${brokerPort}`,
    deviceKey: String(demo.device.key),
    /** The device part of a replica; which one is by chance. */
    address: () => replicas[Math.floor(random() * replicas.length)]?.addresses.http ?? '',
    kill: {
      async replica() {
        const slot = Math.floor(random() * replicas.length)
        await replicas[slot]?.kill()
        replicas[slot] = await startReplica()
      },
      /** Ended, not killed: Mosquitto writes what it has acknowledged to its disk when it ends. */
      async broker() {
        broker.end()
        await broker.ended
        broker = await startBroker()
      },
      redis: () => redis.restart(),
      async service() {
        store.die(300)
      },
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.kill()))
      broker.end()
      await broker.ended
      redis.kill()
      await services.stop()
      await store.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Sends packs side by side, each until it is acknowledged. */
async function sendAll(packs: readonly Reading[][], send: (pack: Reading[]) => Promise<boolean>) {
  const left = packs.values()
  await Promise.all(
    Array.from({ length: SIDE_BY_SIDE }, async () => {
      for (const pack of left) while (!(await send(pack))) await sleep(20)
    }),
  )
}

const sendOverHttp = ({ address, deviceKey }: World, packs: readonly Reading[][]) =>
  sendAll(packs, async (pack) => {
    const headers = { k: deviceKey, 'content-type': 'application/senml+json' }
    const body = JSON.stringify(pack)
    const answer = await fetch(`${address()}/t`, { method: 'POST', headers, body }).catch(() => undefined)
    await answer?.arrayBuffer().catch(() => {})
    if (answer && answer.status !== 204 && answer.status !== 503) throw new Error(`status ${answer.status}`)
    return answer?.status === 204
  })

async function sendOverMqtt({ brokerUrl }: World, packs: readonly Reading[][]) {
  const device = await connectAsync(brokerUrl, { clientId: 'd101', clean: false, reconnectPeriod: 50 })
  device.on('error', () => {})
  // The client keeps what is not acknowledged, and sends it again when it has reconnected.
  await sendAll(packs, (pack) =>
    device.publishAsync('t/d101', JSON.stringify(pack), { qos: 1 }).then(() => true),
  )
  await device.endAsync()
}
