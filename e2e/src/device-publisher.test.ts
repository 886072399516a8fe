import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@harbor/shared-testing/free-port'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { findTool, startTool } from '@harbor/shared-testing/tools'
import { until } from '@harbor/shared-testing/until'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, startProcess, upstreamAddresses } from './harness.ts'

const mosquitto = findTool('mosquitto')
const SKU = 'HB-1001'
const TOPIC = `s/ber/${SKU}`
/** The time in which another replica must take over. */
const TAKEOVER_MS = 10_000

type Message = { topic: string; payload: string; retained: boolean }

describe.skipIf(!mosquitto || !hasRedis())('two replicas that publish flags at one broker', () => {
  let services: Running
  let replicas: Running[]
  let broker: ReturnType<typeof startTool>
  let brokerPort: number
  let subscriber: MqttClient
  let messages: Message[] = []

  const startBroker = async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'mosquitto-')), 'mosquitto.conf')
    await writeFile(file, `listener ${brokerPort} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n`)
    broker = startTool(mosquitto ?? '', ['-c', file])
    await until(() => broker.errors().includes('running'))
  }
  const subscribe = async () => {
    subscriber = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, {
      protocolVersion: 5,
      reconnectPeriod: 100,
    })
    subscriber.on('message', (topic, payload, { retain }) => {
      messages.push({ topic, payload: payload.toString(), retained: retain })
    })
    await subscriber.subscribeAsync('s/ber/#', { qos: 1 })
  }

  beforeAll(async () => {
    brokerPort = await freePort()
    await startBroker()
    services = await startProcess('mock-services')
    const redis = await RedisServer.start()
    const demo = await (await fetch(`${services.addresses.control}/demo`)).json()
    const env = {
      ...upstreamAddresses(demo.services),
      MQTT_URL: `mqtt://127.0.0.1:${brokerPort}`,
      REDIS_URL: redis.url,
      LOG_LEVEL: 'info',
    }
    replicas = [await startProcess('iot-bff', env), await startProcess('iot-bff', env)]
    await subscribe()
    await until(() => state(TOPIC) === '1')
  })
  afterAll(async () => {
    await subscriber.endAsync(true)
    for (const replica of replicas) {
      await replica.kill()
    }
    await services.stop()
    broker.end()
    await broker.ended
    stopRedisServers()
  })

  const state = (topic: string) => messages.findLast((message) => message.topic === topic)?.payload
  const set = async (available: number, sku = SKU) => {
    const answer = await fetch(`${services.addresses.control}/stock/ber/${sku}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ available }),
    })
    expect(answer.ok).toBe(true)
  }
  /** The publishing replica: the last one that logged it. */
  const publishes = ({ lines }: Running) =>
    lines.findLast((line) => line.includes('replica publishes the flags'))?.includes('this replica') ?? false
  const publisher = () => {
    const found = replicas.filter(publishes)
    expect(found).toHaveLength(1)
    return found[0] as Running
  }
  const quiet = () => new Promise((resolve) => setTimeout(resolve, 300))

  it('each change is published once', async () => {
    messages = []
    for (let i = 0; i < 20; i++) {
      await set(i % 2)
      await expect.poll(() => state(TOPIC), { interval: 5 }).toBe(String(i % 2))
    }
    await quiet()
    expect(messages.filter(({ topic }) => topic === TOPIC)).toHaveLength(20)
  })

  it('after a restart of the broker the whole set is there again, with what changed meanwhile', async () => {
    broker.end()
    await broker.ended
    await set(0)
    messages = []
    await startBroker()
    await expect
      .poll(() => new Set(messages.map(({ topic }) => topic)).size, { timeout: 10_000 })
      .toBeGreaterThan(1_900)
    await expect.poll(() => state(TOPIC)).toBe('0')
  })

  it('a publisher that is suspended is replaced, and cannot publish old flags when it wakes', async () => {
    const suspended = publisher()
    await set(5)
    await expect.poll(() => state(TOPIC), { timeout: 5_000 }).toBe('1')
    process.kill(suspended.pid, 'SIGSTOP')
    const start = performance.now()
    await set(0)
    await expect.poll(() => state(TOPIC), { timeout: TAKEOVER_MS, interval: 20 }).toBe('0')
    expect(performance.now() - start).toBeLessThan(TAKEOVER_MS)
    messages = []
    process.kill(suspended.pid, 'SIGCONT')
    await expect.poll(() => publishes(suspended), { timeout: 10_000 }).toBe(false)
    await quiet()
    expect(messages.filter(({ topic, payload }) => topic === TOPIC && payload !== '0')).toEqual([])
    await set(3)
    await expect.poll(() => state(TOPIC), { timeout: 10_000 }).toBe('1')
  })

  it('a publisher that is killed is replaced within ten seconds, with no flag wrong afterwards', async () => {
    const killed = publisher()
    await killed.kill()
    replicas.splice(replicas.indexOf(killed), 1)
    const start = performance.now()
    await set(0)
    await set(0, 'HB-1002')
    await expect
      .poll(() => [state(TOPIC), state('s/ber/HB-1002')], { timeout: TAKEOVER_MS, interval: 20 })
      .toEqual(['0', '0'])
    process.stdout.write(`taken over after ${Math.round(performance.now() - start)} ms\n`)
    await set(9)
    await expect.poll(() => state(TOPIC), { timeout: 5_000 }).toBe('1')
  })
})
