/**
 * CPU time of one flag over CoAP, from the request's datagram to the answer's, without the socket: limits, the
 * device's access, the look-up and both codecs. Target: at most 8 µs, the socket included; so much less here.
 */

import { createResources } from '../iot-bff/src/access/resources.ts'
import { CODE, encodeMessage, NO_BYTES, OPTION, TYPE } from '../iot-bff/src/codecs/coap-message.ts'
import { Devices } from '../iot-bff/src/devices/registry.ts'
import { loadRegistry } from '../iot-bff/src/devices/registry-file.ts'
import { createLimits } from '../iot-bff/src/limits/limits.ts'
import { createCoapHandler } from '../iot-bff/src/protocols/coap.ts'
import { createEchoProof } from '../iot-bff/src/protocols/coap-echo.ts'
import { createMessageIds } from '../iot-bff/src/protocols/coap-endpoint.ts'
import { createObservations } from '../iot-bff/src/protocols/coap-observe.ts'
import { FlagStore } from '../iot-bff/src/stock/flag-store.ts'
import { count, median, report } from './figures.ts'

const REQUESTS = count('REQUESTS', 300_000)
const ROUNDS = 5
const MAX_US = 8
/** Each of a shop's labels, so that the limit has a whole table of counts. */
const PEERS = 10_000

const devices = new Devices()
const store = new FlagStore()
devices.listen((id, device) => store.setDevice(id, device))
devices.replace(await loadRegistry(undefined))
store.beginSnapshot()
store.set('ber', 'HB-1001', 1)
store.endSnapshot()
const messageIds = createMessageIds()
const handle = createCoapHandler({
  store,
  resources: createResources(store),
  observations: createObservations({ store, devices, send: () => {}, messageIds }),
  echo: createEchoProof(),
  limits: createLimits({ DEVICE_REQUESTS_PER_MINUTE: 999_999_999, BAD_KEYS_PER_MINUTE: 1 }),
  plainDevice: () => devices.byId('d101'),
  messageIds,
  telemetry: async () => ({ outcome: 'unavailable' }),
  send: () => {},
})

const request = encodeMessage({
  type: TYPE.CON,
  code: CODE.GET,
  messageId: 1,
  token: Buffer.from('a'),
  options: ['s', 'HB-1001'].map((segment) => ({ number: OPTION.URI_PATH, value: Buffer.from(segment) })),
  payload: NO_BYTES,
})
const peers = Array.from({ length: PEERS }, (_, n) => ({ address: `10.0.${n >> 8}.${n & 255}`, port: 5683 }))

/** Microseconds of this process for one request. */
function round(): number {
  const before = process.cpuUsage()
  for (let n = 0; n < REQUESTS; n++) {
    const answer = handle(request, peers[n % PEERS] ?? { address: '', port: 0 })
    if (answer?.at(1) !== CODE.CONTENT) throw new Error('no flag was answered')
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / REQUESTS
}

round()
const perFlag = median(Array.from({ length: ROUNDS }, round))
report([
  {
    figure: `${perFlag.toFixed(2)} µs of CPU a flag over CoAP, without the socket`,
    promise: `at most ${MAX_US} µs with it`,
    holds: perFlag < MAX_US,
  },
])
// Timers of the store and the observations would go on.
process.exit()
