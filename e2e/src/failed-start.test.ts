import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BFFS as REGISTRY } from '../../bffs.ts'
import { SEAL_KEYS, startFailing } from './harness.ts'

const BFFS = REGISTRY.map(({ name }) => name)
const PROCESSES = ['mock-services', ...BFFS]

describe('a process that cannot start says why and ends', () => {
  it.each(PROCESSES)('%s: a wrong value, by name, with what was given and what is allowed', async (name) => {
    const { code, said } = await startFailing(name, { PORT: 'eighty' })
    expect(code).toBe(1)
    expect(said).toContain('PORT')
    expect(said).toContain('"eighty"')
    expect(said).toMatch(/allowed: an integer from 0 /)
    expect(said).not.toMatch(/\n\s+at /)
  })

  it.each(BFFS)('%s: several wrong values at once, and no secret among them', async (name) => {
    const { code, said } = await startFailing(name, {
      CATALOG_URL: 'catalog.internal',
      LOG_LEVEL: 'loud',
      IDENTITY_CLIENT_SECRET: 'hunter2',
    })
    expect(code).toBe(1)
    expect(said).toContain(
      'CATALOG_URL: given "catalog.internal"; allowed: an http:// or https:// address, with a path or without.',
    )
    expect(said).toContain('LOG_LEVEL: given "loud"; allowed: debug, info, warn, error, silent.')
    expect(said).toContain('IDENTITY_CLIENT_SECRET')
    expect(said).not.toContain('hunter2')
  })
})

describe('a Redis that refuses the process', () => {
  afterAll(stopRedisServers)

  it.runIf(hasRedis()).each(BFFS)('%s: names REDIS_URL, and not the password', async (name) => {
    const redis = await RedisServer.start()
    await redis.ask('CONFIG', 'SET', 'requirepass', 'right')
    const { code, said } = await startFailing(name, {
      REDIS_URL: `redis://:hunter2@127.0.0.1:${redis.port}`,
      SEAL_KEYS,
    })
    expect(code).toBe(1)
    expect(said).toMatch(/Redis refuses the user or the password.*Set REDIS_URL/)
    expect(said).not.toContain('hunter2')
    expect(said).not.toMatch(/\n\s+at /)
  })
})

it.each(BFFS)('%s: a port that browsers block is named', async (name) => {
  const { code, said } = await startFailing(name, { PORT: '6000' })
  expect(code).toBe(1)
  expect(said).toContain('port 6000 cannot be reached by browsers')
  expect(said).toContain('Set PORT')
})

describe('a port that is taken', () => {
  const tcp = createServer()
  const udp = createSocket('udp4')
  let tcpPort = ''
  let udpPort = ''

  beforeAll(async () => {
    tcp.listen(0, '127.0.0.1')
    udp.bind(0, '127.0.0.1')
    await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
    tcpPort = String((tcp.address() as AddressInfo).port)
    udpPort = String(udp.address().port)
  })
  afterAll(() => {
    tcp.close()
    udp.close()
  })

  it.each(PROCESSES)('%s: names PORT', async (name) => {
    const { code, said } = await startFailing(name, { PORT: tcpPort })
    expect(code).toBe(1)
    // mock-services take the ports after it, too: another of them may be taken by somebody else.
    expect(said).toMatch(
      name === 'mock-services' ? /port \d+ .*already in use/ : new RegExp(`port ${tcpPort}`),
    )
    expect(said).toMatch(/Set PORT/)
    expect(said).not.toMatch(/\n\s+at /)
  })

  it.each(BFFS)('%s: names MANAGEMENT_PORT', async (name) => {
    const { code, said } = await startFailing(name, { MANAGEMENT_PORT: tcpPort })
    expect(code).toBe(1)
    expect(said).toContain(`port ${tcpPort}`)
    expect(said).toMatch(/Set MANAGEMENT_PORT/)
  })

  it('iot-bff: names COAP_PORT and MQTT_PORT', async () => {
    const coap = await startFailing('iot-bff', {
      COAP_PORT: udpPort,
      COAP_PLAIN_DEVICE: 'd101',
      MQTT_PORT: '0',
    })
    expect(coap.code).toBe(1)
    expect(coap.said).toMatch(new RegExp(`port ${udpPort}.*Set COAP_PORT`))
    const mqtt = await startFailing('iot-bff', { MQTT_PORT: tcpPort, COAP_PORT: '0' })
    expect(mqtt.code).toBe(1)
    expect(mqtt.said).toMatch(new RegExp(`port ${tcpPort}.*Set MQTT_PORT`))
  })
})
