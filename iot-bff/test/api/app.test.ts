import { ConfigError, parseConfig } from '@harbor/shared-runtime/config'
import { StartError } from '@harbor/shared-runtime/part'
import { expect, onTestFinished, test } from 'vitest'
import { Config } from '../../src/config.ts'
import { runApp, sendDemoStock } from '../run-app.ts'

test('the device that plain CoAP stands for has to be in the registry', async () => {
  const start = runApp({ COAP_PLAIN_DEVICE: 'd999' })
  await expect(start).rejects.toThrow(StartError)
  await expect(start).rejects.toThrow('COAP_PLAIN_DEVICE')
})

test.each([
  ['PORT', 'x'],
  ['COAP_PORT', '70000'],
  ['MQTT_URL', 'http://broker'],
  ['MQTT_PORT', '-1'],
])('%s=%s is refused by name', (name, value) => {
  expect(() => parseConfig(Config, { [name]: value })).toThrow(ConfigError)
  expect(() => parseConfig(Config, { [name]: value })).toThrow(`${name}: given "${value}"`)
})

test('the faces listen before the stock is known, and the process is ready when it is', async () => {
  const app = await runApp()
  onTestFinished(app.stop)
  expect(app.addresses).toEqual({
    http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    coap: expect.stringMatching(/^coap:\/\/127\.0\.0\.1:\d+$/),
    mqtt: expect.stringMatching(/^mqtt:\/\/127\.0\.0\.1:\d+$/),
  })
  expect(app.unready()).toHaveLength(1)
  sendDemoStock(app.feed)
  await app.ready()
  expect(app.unready()).toEqual([])
})

test('the stores keep their stock apart', async () => {
  const app = await runApp()
  onTestFinished(app.stop)
  app.feed.send({ kind: 'level', warehouse: 'ham', sku: 'HB-1001', available: 0, eventId: '' })
  sendDemoStock(app.feed)
  await app.ready()
  const flags = await Promise.all(
    ['d101', 'd102'].map(async (id) => (await app.http('/s/HB-1001', { k: `harbor-demo-key-${id}` })).text()),
  )
  expect(flags).toEqual(['1', '0'])
})
