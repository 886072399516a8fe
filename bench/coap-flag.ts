/**
 * CPU time of one flag over CoAP, from the request's datagram to the answer's, without the socket: limits, the
 * device's access, the look-up and both codecs; and the same under OSCORE. Targets, the socket included: 8 and 25 µs.
 */

import { createLog } from '@harbor/shared-runtime/log'
import { createResources } from '../iot-bff/src/access/resources.ts'
import { CODE, encodeMessage, NO_BYTES, OPTION, TYPE } from '../iot-bff/src/codecs/coap-message.ts'
import { Devices } from '../iot-bff/src/devices/registry.ts'
import { loadRegistry } from '../iot-bff/src/devices/registry-file.ts'
import { createLimits } from '../iot-bff/src/limits/limits.ts'
import { createCoapFace } from '../iot-bff/src/protocols/coap-face.ts'
import { FlagStore } from '../iot-bff/src/stock/flag-store.ts'
import { askSecured, oscoreOf, provision } from '../iot-bff/test/oscore-peer.ts'
import { count, median, report } from './figures.ts'

const REQUESTS = count('REQUESTS', 100_000)
const ROUNDS = 5
const MAX_US = 8
const MAX_SECURED_US = 25
/** With a security context each. */
const DEVICES = 1_000
/** Each of a shop's labels, so that the limit has a whole table of counts. */
const PEERS = 10_000

const devices = new Devices()
const store = new FlagStore()
devices.listen((id, device) => store.setDevice(id, device))
devices.replace(await loadRegistry(undefined))
store.beginSnapshot()
store.set('ber', 'HB-1001', 1)
store.endSnapshot()
const oscore = oscoreOf()(devices)
const { handle, start } = createCoapFace({
  store,
  devices,
  resources: createResources(store),
  limits: createLimits({ DEVICE_REQUESTS_PER_MINUTE: 999_999_999, BAD_KEYS_PER_MINUTE: 1 }),
  plainDevice: 'd101',
  oscore,
  telemetry: async () => ({ outcome: 'unavailable' }),
  send: () => {},
  log: createLog('bench', 'silent'),
})
await start()

const request = encodeMessage({
  type: TYPE.CON,
  code: CODE.GET,
  messageId: 1,
  token: Buffer.from('a'),
  options: ['s', 'HB-1001'].map((segment) => ({ number: OPTION.URI_PATH, value: Buffer.from(segment) })),
  payload: NO_BYTES,
})
const peers = Array.from({ length: PEERS }, (_, n) => ({ address: `10.0.${n >> 8}.${n & 255}`, port: 5683 }))

type Asked = { readonly datagram: Buffer; readonly peer: { address: string; port: number } }

/** Microseconds of this process for one request. */
function round(asked: (n: number) => Asked, code: number): number {
  const requests = Array.from({ length: REQUESTS }, (_, n) => asked(n))
  const before = process.cpuUsage()
  for (const { datagram, peer } of requests)
    if (handle(datagram, peer)?.at(1) !== code) throw new Error('no flag was answered')
  const { user, system } = process.cpuUsage(before)
  return (user + system) / REQUESTS
}

function measured(asked: (n: number) => Asked, code: number): number {
  round(asked, code)
  return median(Array.from({ length: ROUNDS }, () => round(asked, code)))
}

const peerOf = (n: number) => peers[n % peers.length] ?? { address: '', port: 0 }
const perFlag = measured((n) => ({ datagram: request, peer: peerOf(n) }), CODE.CONTENT)

// Each device has proved once that its requests are new, as it does after a restart of the process.
const labels = Array.from({ length: DEVICES }, (_, n) => {
  const id = `label-${n}`
  const device = devices.records.get('d101')
  if (device) devices.put(id, { ...device, id, lists: {}, keys: [] })
  const label = provision(devices, id)
  askSecured(handle, label, '/s/HB-1001', peerOf(n))
  return label
})
const perSecured = measured((n) => {
  const label = labels[n % labels.length]
  if (label === undefined) throw new Error('no label')
  return { datagram: label.request('/s/HB-1001', { token: '61' }).datagram, peer: peerOf(n % labels.length) }
}, CODE.CHANGED)

report([
  {
    figure: `${perFlag.toFixed(2)} µs of CPU a flag over CoAP, without the socket`,
    promise: `at most ${MAX_US} µs with it`,
    holds: perFlag < MAX_US,
  },
  {
    figure: `${perSecured.toFixed(2)} µs of CPU a flag under OSCORE, without the socket`,
    promise: `at most ${MAX_SECURED_US} µs with it`,
    holds: perSecured < MAX_SECURED_US,
  },
])
// Timers of the store and the observations would go on.
process.exit()
