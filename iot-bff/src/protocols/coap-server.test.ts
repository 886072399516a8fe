import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { StartError } from '@harbor/shared-runtime/part'
import { random } from '@harbor/shared-testing/seed'
import { findTool, runTool, startTool } from '@harbor/shared-testing/tools'
import { Agent, type IncomingMessage } from 'coap'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { parsed, request } from '../../test/coap-peer.ts'
import { level } from '../../test/fake-feed.ts'
import { runApp, runFilledApp } from '../../test/run-app.ts'
import { TYPE } from '../codecs/coap-message.ts'

const coapClient = findTool('coap-client', 'coap-client-notls')

let app: Awaited<ReturnType<typeof runFilledApp>>
beforeAll(async () => {
  app = await runFilledApp()
})
afterAll(() => app.stop())

const url = (path: string) => `${app.addresses.coap}${path}`
/** libcoap ends what it prints with a line feed. */
const hex = (printed: string) => Buffer.from(printed.replace(/\n$/, ''), 'latin1').toString('hex')

test.skipIf(!coapClient).each([
  ['/s/HB-1001', [], '31'],
  ['/s/HB-1002', [], '30'],
  ['/s/HB-1001', ['-N'], '31'],
  ['/s/HB-1001', ['-A', '60'], 'f5'],
  ['/s/HB-1001', ['-A', '112'], '81a2006b6265722f48422d3130303104f5'],
  ['/b', [], '01aaaaa0'],
  ['/b', ['-A', '112', '-T', ''], '81a2006a643130312f7368656c66084401aaaaa0'],
])('libcoap reads %s with %o as %s', async (path, options, expected) => {
  const output = await runTool(coapClient ?? '', ['-B', '5', ...options, url(path)])
  expect(hex(output)).toBe(expected)
})

test.skipIf(!coapClient)('libcoap is told of what does not exist', async () => {
  const tool = startTool(coapClient ?? '', ['-B', '5', url('/s/HB-9999')])
  await tool.ended
  expect([tool.output(), tool.errors()]).toEqual(['', '4.04\n'])
})

test.skipIf(!coapClient)('libcoap answers the Echo challenge by itself and observes', async () => {
  onTestFinished(() => app.feed.send(level('ber', 'HB-1003', 7, '13')))
  const tool = startTool(coapClient ?? '', ['-s', '2', '-B', '4', url('/s/HB-1003')])
  await expect.poll(tool.output, { timeout: 3_000 }).toBe('1')
  app.feed.send(level('ber', 'HB-1003', 0, '11'))
  await expect.poll(tool.output).toBe('10')
  app.feed.send(level('ber', 'HB-1003', 2, '12'))
  await expect.poll(tool.output).toBe('101')
  await tool.ended
})

test('a second client, of another make, reads the same', async () => {
  const agent = new Agent({ type: 'udp4' })
  onTestFinished(() => void agent.close())
  const sent = agent.request({
    hostname: '127.0.0.1',
    port: app.coapPort,
    pathname: '/b',
    accept: 'application/octet-stream',
  })
  const answered = once(sent, 'response')
  sent.end()
  const [response]: IncomingMessage[] = await answered
  expect([response?.code, response?.payload.toString('hex')]).toEqual(['2.05', '01aaaaa0'])
})

test('datagrams that are no messages do not disturb the others', async () => {
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  for (let i = 0; i < 200; i++)
    socket.send(Buffer.from(Array.from({ length: i % 40 }, () => random() * 256)), app.coapPort, '127.0.0.1')
  const answer = new Promise<Buffer>((resolve) =>
    socket.on(
      'message',
      (datagram) => datagram.at(1) === 0x45 && datagram.at(4) === 0x77 && resolve(datagram),
    ),
  )
  socket.send(request('/s/HB-1001', { token: '77' }), app.coapPort, '127.0.0.1')
  expect(parsed(await answer).payload.toString()).toBe('1')
})

test('a UDP port that is taken is a message that names COAP_PORT', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  onTestFinished(() => void socket.close())
  await once(socket, 'listening')
  const { port } = socket.address()
  const start = runApp({ COAP_PORT: String(port) })
  await expect(start).rejects.toThrow(StartError)
  await expect(start).rejects.toThrow(/COAP_PORT/)
})

test('no CoAP socket is opened without the setting', async () => {
  const plain = await runApp({ COAP_PLAIN_DEVICE: '' })
  onTestFinished(plain.stop)
  expect(Object.keys(plain.addresses)).toEqual(['http', 'mqtt'])
})

test.skipIf(!coapClient)('libcoap reads in blocks, small answers and large ones', async () => {
  expect(await runTool(coapClient ?? '', ['-B', '5', '-b', '64', url('/s/HB-1001')])).toMatch(/^1/)
  const whole = await runTool(coapClient ?? '', ['-B', '5', url('/.well-known/core')])
  expect(await runTool(coapClient ?? '', ['-B', '5', '-b', '16', url('/.well-known/core')])).toBe(whole)
})

/** Sends one datagram from a socket that takes an answer from one address only, as a device behind a firewall. */
async function exchange(type: 'udp4' | 'udp6', port: number, to: string, datagram: Buffer) {
  const socket = createSocket(type)
  onTestFinished(() => void socket.close())
  socket.bind(0, type === 'udp4' ? '127.0.0.1' : '::1')
  await once(socket, 'listening')
  socket.setBroadcast(true)
  socket.send(datagram, port, to)
  const answer = once(socket, 'message').then(([, { address }]) => address)
  return Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 300, 'silence'))])
}

/** The addresses of this machine; an answer to 127.0.0.1 that leaves by default would come from another one. */
const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])

test.each(['0.0.0.0', '::'])(
  'bound to %s, an answer leaves from the address that was asked',
  async (host) => {
    const any = await runFilledApp({ HOST: host })
    onTestFinished(any.stop)
    for (const { address, family, scopeid } of own) {
      if (scopeid || (family === 'IPv6' && host !== '::')) continue
      const type = family === 'IPv6' ? 'udp6' : 'udp4'
      expect(await exchange(type, any.coapPort, address, request('/s/HB-1001'))).toBe(address)
    }
  },
)

test.each([
  ['a flag', request('/s/HB-1001', { type: TYPE.NON })],
  ['an error', request('/s/HB-9999', { type: TYPE.NON })],
  ['a ping', Buffer.from('40001234', 'hex')],
])('bound to all addresses, %s asked for by broadcast is not answered', async (_, datagram) => {
  const any = await runFilledApp({ HOST: '0.0.0.0' })
  onTestFinished(any.stop)
  expect(await exchange('udp4', any.coapPort, '127.255.255.255', datagram)).toBe('silence')
})
