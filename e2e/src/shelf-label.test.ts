import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startTool } from '@harbor/shared-testing/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startProcess, upstreamAddresses } from './harness.ts'

const ADMIN_TOKEN = 'an-admin-token-of-a-test'
const script = (name: string) =>
  fileURLToPath(new URL(`../../examples/shelf-label/src/${name}`, import.meta.url))

describe('the example shelf label', () => {
  let services: Running
  let devices: Running
  let mobile: Running
  let port = ''
  let context = ''
  beforeAll(async () => {
    services = await startProcess('mock-services')
    const demo = await (await fetch(`${services.addresses.control}/demo`)).json()
    const upstreams = upstreamAddresses(demo.services)
    const env = { COAP_PORT: '0', MQTT_PORT: '0', COAP_PLAIN_DEVICE: 'd101', ADMIN_TOKEN, SEAL_KEYS }
    devices = await startProcess('iot-bff', { ...upstreams, ...env })
    mobile = await startProcess('rest-mobile-bff', { ...upstreams, SEAL_KEYS })
    port = portOf('coap')
    const answer = await fetch(`${devices.addresses.management}/devices/d101/contexts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    })
    context = join(await mkdtemp(join(tmpdir(), 'label-')), 'context.json')
    await writeFile(context, await answer.text())
  })
  afterAll(async () => {
    for (const running of [devices, mobile, services]) await running?.stop()
  })

  const portOf = (part: string) => devices.addresses[part]?.split(':').at(-1) ?? ''
  const run = async (name: string, ...args: string[]) => {
    const tool = startTool(process.execPath, [script(name), ...args])
    await tool.ended
    return { drawn: Buffer.from(tool.output(), 'latin1').toString(), errors: tool.errors() }
  }
  const stock = async (available: number) =>
    fetch(`${services.addresses.control}/stock/ber/HB-1001`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ available }),
    })

  it.each([
    ['plain CoAP', [] as string[]],
    ['OSCORE, written apart from the server', ['--oscore']],
  ])('draws its shelf over %s', async (_, options) => {
    const secured = options.length > 0 ? ['--oscore', context] : []
    const { drawn, errors } = await run('shelf.ts', '--port', port, '--times', '1', ...secured)
    expect(errors).toBe('')
    expect(drawn).toContain(`list 1 · ${secured.length > 0 ? 'OSCORE' : 'CoAP'}, asked`)
    expect(drawn.match(/HB-10\d\d/g)).toHaveLength(20)
    expect(drawn.match(/● here|○ sold out/g)).toHaveLength(20)
  })

  it('observes, and draws itself anew when a flag changes', async () => {
    await stock(5)
    const tool = startTool(process.execPath, [
      script('shelf.ts'),
      '--port',
      port,
      '--observe',
      '--every',
      '60',
    ])
    const drawn = () => Buffer.from(tool.output(), 'latin1').toString().split('┌')
    await expect.poll(() => drawn().length, { timeout: 10_000 }).toBe(2)
    const before = drawn()[1]
    await stock(0)
    await expect.poll(() => drawn().length, { timeout: 10_000 }).toBe(3)
    tool.end()
    await tool.ended
    expect(before?.split('│')[7]).toContain('here')
    expect(drawn()[2]?.split('│')[7]).toContain('sold out')
  })

  it('goes on when nobody answers, and says so', async () => {
    const tool = startTool(process.execPath, [script('shelf.ts'), '--port', '9', '--times', '1'])
    await tool.ended
    expect(tool.errors()).toMatch(/^no answer: .*ECONNREFUSED/)
    expect(Buffer.from(tool.output(), 'latin1').toString().match(/\?/g)?.length).toBeGreaterThanOrEqual(20)
  })

  it('is two hundred labels at once', async () => {
    const { drawn, errors } = await run('shelf.ts', '--port', port, '--count', '200')
    expect([errors, drawn]).toEqual(['', expect.stringContaining('2.05  200 times\n2.03  200 times')])
  })

  it('shows what a flag costs by each way', async () => {
    const addresses = ['--coap', port, '--http', portOf('http'), '--mqtt', portOf('mqtt')]
    const api = `${mobile.addresses.http}/v1/products/p1001`
    const { drawn, errors } = await run('costs.ts', ...addresses, '--api', api, '--oscore', context)
    expect(errors).toBe('')
    const bytes = new Map(
      drawn
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => [line.slice(0, 24).trim(), Number(line.slice(24, 34))]),
    )
    expect([...bytes.keys()]).toEqual([
      'CoAP',
      'CoAP, OSCORE',
      'MQTT, change pushed',
      'HTTP, slim, kept alive',
      "HTTP, the app's API",
    ])
    expect(bytes.get('CoAP')).toBe(27)
    expect(bytes.get('CoAP, OSCORE')).toBeLessThanOrEqual(63)
    expect(bytes.get("HTTP, the app's API")).toBeGreaterThan(300)
  })
})
