import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewReading } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { freePort } from '@harbor/shared-testing/free-port'
import { findTool, runTool, startTool } from '@harbor/shared-testing/tools'
import { until } from '@harbor/shared-testing/until'
import { connectAsync } from 'mqtt'
import { expect, onTestFinished, test } from 'vitest'
import { runFilledApp } from '../../test/run-app.ts'

const mosquitto = findTool('mosquitto')
const mosquittoPub = findTool('mosquitto_pub')
const MQTT_AUTH_TOKEN = 'a-broker-token-of-a-test'

/** A real broker, and the app with a telemetry service that can be broken. */
async function system() {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'mosquitto-'))
  // Started as root, Mosquitto becomes a user of its own before it writes its sessions.
  await chmod(folder, 0o777)
  const file = join(folder, 'mosquitto.conf')
  await writeFile(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${folder}/\nmax_queued_messages 0\n`,
  )
  const start = async () => {
    const broker = startTool(mosquitto ?? '', ['-c', file])
    await until(() => broker.errors().includes('running'))
    return broker
  }
  let broker = await start()
  const stored: NewReading[] = []
  const traces: (string | undefined)[] = []
  const service = { broken: false }
  const run = () =>
    runFilledApp(
      { MQTT_URL: `mqtt://127.0.0.1:${port}`, MQTT_AUTH_TOKEN },
      undefined,
      async (readings, _, traceparent) => {
        traces.push(traceparent)
        if (service.broken) throw new UpstreamError('telemetry', 'unavailable', 'gone')
        stored.push(...readings)
      },
    )
  const app = await run()
  onTestFinished(async () => {
    await app.stop()
    broker.end()
    await broker.ended
  })
  const mayPublish = async () => {
    const answer = await app.manage('/mqtt/acl', {
      method: 'POST',
      headers: { authorization: `Bearer ${MQTT_AUTH_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'd101', action: 'publish', topic: 't/d101' }),
    })
    return (await answer.json()).result === 'allow'
  }
  await until(mayPublish)
  return {
    port,
    stored,
    traces,
    service,
    app,
    run,
    async restartBroker() {
      broker.end()
      await broker.ended
      broker = await start()
    },
    names: () => new Set(stored.map(({ name }) => name)),
  }
}
const pack = (name: string) => JSON.stringify([{ n: name, v: 1 }])

test.skipIf(!mosquittoPub || !mosquitto)('what mosquitto_pub publishes is stored', async () => {
  const { port, stored } = await system()
  const to = ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', 't/d101', '-m', pack('temperature')]
  await runTool(mosquittoPub ?? '', to)
  await runTool(mosquittoPub ?? '', [...to, '-V', 'mqttv5'])
  await expect.poll(() => stored.length).toBe(2)
  expect(stored[0]).toMatchObject({ deviceId: 'd101', name: 'temperature', value: 1 })
})

test.skipIf(!mosquitto)('the trace of a user property is continued to the telemetry service', async () => {
  const { port, traces } = await system()
  const device = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, protocolVersion: 5 })
  onTestFinished(() => device.endAsync(true))
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const properties = { userProperties: { traceparent: [traceparent, 'another'] } }
  await device.publishAsync('t/d101', pack('a'), { qos: 1, properties })
  await expect.poll(() => traces).toEqual([traceparent])
  await device.publishAsync('t/d101', pack('b'), { qos: 1 })
  await expect.poll(() => traces).toEqual([traceparent, undefined])
})

test.skipIf(!mosquitto)(
  'while the service is gone, and over restarts of broker and process, what was published waits at the broker',
  { timeout: 40_000 },
  async () => {
    const { port, service, app, run, restartBroker, names } = await system()
    const device = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 })
    onTestFinished(() => device.endAsync(true))
    const sent: string[] = []
    const publish = async (prefix: string) => {
      for (let n = 0; n < 50; n++) {
        await device.publishAsync('t/d101', pack(`${prefix}${n}`), { qos: 1 })
        sent.push(`${prefix}${n}`)
      }
    }
    service.broken = true
    await publish('a')
    await restartBroker()
    await publish('b')
    service.broken = false
    await expect.poll(() => sent.filter((name) => !names().has(name)), { timeout: 15_000 }).toEqual([])
    await app.stop()
    await publish('c')
    const next = await run()
    onTestFinished(next.stop)
    await expect.poll(() => sent.filter((name) => !names().has(name)), { timeout: 15_000 }).toEqual([])
  },
)

test.skipIf(!mosquitto)(
  'a pack that is none, or of nobody, does not stand in front of the others',
  async () => {
    const { port, names } = await system()
    const device = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 })
    onTestFinished(() => device.endAsync(true))
    await device.publishAsync('t/d101', 'no pack', { qos: 1 })
    await device.publishAsync('t/d999', pack('nobody'), { qos: 1 })
    await device.publishAsync('t/d101', pack('after'), { qos: 1 })
    await expect.poll(() => [...names()]).toEqual(['after'])
  },
)
