import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { portTroubles } from './ports.ts'

test('a port that is too high, blocked or used twice is named with its owner', async () => {
  expect(
    await portTroubles([
      { port: 70_000, by: 'http', owner: 'web (PORT)' },
      { port: 6000, by: 'http', owner: 'web (MANAGEMENT_PORT)' },
      { port: 1884, by: 'tcp', owner: 'devices (MQTT_PORT)' },
      { port: 1884, by: 'http', owner: 'mobile (PORT)' },
    ]),
  ).toEqual([
    'port 70000 of web (PORT) is above 65535',
    'port 6000 of web (MANAGEMENT_PORT) is blocked by browsers and fetch',
    'port 1884 of mobile (PORT) is also that of devices (MQTT_PORT)',
  ])
})

test('a taken port is named, over TCP and over UDP; the same number over the other is free', async () => {
  const tcp = createServer().listen(0, '127.0.0.1')
  const udp = createSocket('udp4').bind(0, '127.0.0.1')
  onTestFinished(() => {
    tcp.close()
    udp.close()
  })
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
  const tcpPort = (tcp.address() as AddressInfo).port
  const udpPort = udp.address().port
  expect(
    await portTroubles([
      { port: tcpPort, by: 'http', owner: 'web (PORT)' },
      { port: tcpPort, by: 'udp', owner: 'devices (COAP_PORT)' },
      { port: udpPort, by: 'udp', owner: 'other devices (COAP_PORT)' },
    ]),
  ).toEqual([
    `port ${tcpPort} of web (PORT) is already in use by another program`,
    `port ${udpPort} of other devices (COAP_PORT) is already in use by another program`,
  ])
})

test('the demo names every port that it cannot have, and starts nothing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/demo.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { PATH: process.env.PATH, PORT_OFFSET: '2000' },
    encoding: 'utf8',
    timeout: 15_000,
  })
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toContain('port 6000 of graphql-bff (PORT) is blocked by browsers and fetch')
  expect(stderr).toContain('PORT_OFFSET')
})
