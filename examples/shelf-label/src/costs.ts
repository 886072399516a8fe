/** What one flag costs a label by each way there is, against a running demo: bytes, packets and seconds of radio. */
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { parseArgs } from 'node:util'
import { MqttClient } from 'mqtt'
import { openCoap } from './coap.ts'
import type { Security } from './oscore.ts'
import { securityFromFile } from './oscore-file.ts'
import { type Cost, radioSeconds } from './radio.ts'

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    coap: { type: 'string', default: '5683' },
    http: { type: 'string', default: '4002' },
    mqtt: { type: 'string', default: '1884' },
    /** Where the app's API is: what a label would ask that nobody has built anything for. */
    api: { type: 'string', default: 'http://127.0.0.1:4001/v1/products/p1001' },
    oscore: { type: 'string' },
    key: { type: 'string', default: 'harbor-demo-key-d101' },
  },
})
const { host } = values
const FLAG = '/s/HB-1001'

const ways: [string, Cost][] = [['CoAP', await overCoap(undefined)]]
if (values.oscore) ways.push(['CoAP, OSCORE', await overCoap(await securityFromFile(values.oscore))])
ways.push(['MQTT, change pushed', await overMqtt()])
ways.push([
  'HTTP, slim, kept alive',
  await overHttp(`http://${host}:${values.http}${FLAG}`, { k: values.key }),
])
ways.push(["HTTP, the app's API", await overHttp(values.api, {})])

console.log(
  `${'one flag'.padEnd(24)}${['bytes', 'packets', 'radio ms'].map((text) => text.padStart(10)).join('')}`,
)
for (const [way, cost] of ways) {
  const figures = [cost.bytes, cost.packets, (radioSeconds(cost) * 1000).toFixed(1)]
  console.log(`${way.padEnd(24)}${figures.map((figure) => String(figure).padStart(10)).join('')}`)
}

/** The second request: the first one may have been asked whether it is new. */
async function overCoap(security: Security | undefined): Promise<Cost> {
  const coap = await openCoap({ host, port: Number(values.coap), security })
  await coap.get(FLAG)
  const { up, down, datagrams } = await coap.get(FLAG)
  coap.close()
  return { bytes: up + down, packets: datagrams, roundTrips: 1 }
}

/** A retained flag comes as a change does: one message and its acknowledgement. */
async function overMqtt(): Promise<Cost> {
  const socket = connect(Number(values.mqtt), host)
  const options = { username: 'd101', password: values.key, reconnectPeriod: 0 }
  const client = new MqttClient(() => socket, options)
  await new Promise<void>((resolve) => client.once('connect', () => resolve()))
  const size = new Promise<number>((resolve) =>
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'publish') resolve(packet.length ?? 0)
    }),
  )
  await client.subscribeAsync(`s/ber/${FLAG.slice(3)}`, { qos: 1 })
  const header = 2
  const acknowledgement = 4
  const bytes = header + (await size) + acknowledgement
  await client.endAsync(true)
  return { bytes, packets: 2, roundTrips: 1, overTcp: true }
}

/** The second request of a connection: the packet that acknowledges the answer is counted, the opening is not. */
async function overHttp(url: string, headers: Record<string, string>): Promise<Cost> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await ask(url, headers, agent)
  const { bytes } = await ask(url, headers, agent)
  agent.destroy()
  return { bytes, packets: 3, roundTrips: 1, overTcp: true }
}

function ask(url: string, headers: Record<string, string>, agent: Agent): Promise<{ bytes: number }> {
  return new Promise((resolve, reject) => {
    let socket: Socket | undefined
    let before = 0
    const traffic = () => (socket ? socket.bytesRead + socket.bytesWritten : 0)
    request(url, { agent, headers }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`${url}: ${response.statusCode}`))
      response.resume().once('end', () => resolve({ bytes: traffic() - before }))
    })
      .once('socket', (used) => {
        socket = used
        before = traffic()
      })
      .once('error', reject)
      .end()
  })
}
