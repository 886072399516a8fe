/**
 * What observers and many addresses cost over CoAP, without the socket: CPU time and heap of an observer, the time
 * from a stock event to the first and the last of 10,000 notifications, and heap over a million GETs from 100,000
 * addresses. The socket adds 3 to 6 µs a datagram.
 */
import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLog } from '@harbor/shared-runtime/log'
import { createResources } from '../iot-bff/src/access/resources.ts'
import {
  CODE,
  type CoapOption,
  encodeMessage,
  encodeUint,
  NO_BYTES,
  OPTION,
  TYPE,
} from '../iot-bff/src/codecs/coap-message.ts'
import { Devices } from '../iot-bff/src/devices/registry.ts'
import { loadRegistry } from '../iot-bff/src/devices/registry-file.ts'
import { createLimits } from '../iot-bff/src/limits/limits.ts'
import type { Endpoint } from '../iot-bff/src/protocols/coap-endpoint.ts'
import { createCoapFace } from '../iot-bff/src/protocols/coap-face.ts'
import { FlagStore } from '../iot-bff/src/stock/flag-store.ts'
import { count, median, quantile, report } from './figures.ts'

const OBSERVERS = count('OBSERVERS', 10_000)
const ROUNDS = count('ROUNDS', 40)
const GETS = count('GETS', 1_000_000)
const ADDRESSES = count('ADDRESSES', 100_000)
const MAX_HEAP_BYTES = 500
const MAX_US = 4
const FIRST_MS = 20
const MAX_GROWTH_MB = 1

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')
const heap = () => {
  collect()
  return process.memoryUsage().heapUsed
}

const devices = new Devices()
const store = new FlagStore()
devices.listen((id, device) => store.setDevice(id, device))
devices.replace(await loadRegistry(undefined))
store.beginSnapshot()
store.set('ber', 'HB-1001', 1)
store.endSnapshot()
let notified: (datagram: Buffer, to: Endpoint) => void = () => {}
const { handle, echo, observations } = createCoapFace({
  store,
  devices,
  resources: createResources(store),
  limits: createLimits({ DEVICE_REQUESTS_PER_MINUTE: 999_999_999, BAD_KEYS_PER_MINUTE: 1 }),
  plainDevice: 'd101',
  oscore: undefined,
  telemetry: async () => ({ outcome: 'unavailable' }),
  send: (datagram, to) => notified(datagram, to),
  log: createLog('bench', 'silent'),
})
const path = ['s', 'HB-1001'].map((segment) => ({ number: OPTION.URI_PATH, value: Buffer.from(segment) }))
const token = Buffer.from('a')
const request = (options: readonly CoapOption[] = path, type: number = TYPE.CON) =>
  encodeMessage({ type, code: CODE.GET, messageId: 1, token, options, payload: NO_BYTES })

const peers = Array.from({ length: OBSERVERS }, (_, n) => ({
  // One string, as it comes from a socket, and not one of four parts.
  address: Buffer.from(`10.0.${n >> 8}.${n & 255}`).toString(),
  port: 5683,
}))
/** Bytes of heap that a request of each peer with a proof of its address leaves behind. */
function growthBy(...first: readonly CoapOption[]): number {
  const before = heap()
  for (const peer of peers) {
    const options = [...first, ...path, { number: OPTION.ECHO, value: echo.challenge(peer) }]
    if (handle(request(options), peer)?.at(1) !== CODE.CONTENT) throw new Error('no flag was answered')
  }
  return (heap() - before) / OBSERVERS
}
const perProven = growthBy()
const perObserver = growthBy({ number: OPTION.OBSERVE, value: encodeUint(0) })

const costs: number[] = []
const firsts: number[] = []
const lasts: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const confirmable: { id: number; to: Endpoint }[] = []
  let first: number | undefined
  let last = 0
  let seen = 0
  const start = performance.now()
  notified = (datagram, to) => {
    last = performance.now()
    first ??= last
    seen++
    if ((((datagram[0] ?? 0) >> 4) & 3) === TYPE.CON) confirmable.push({ id: datagram.readUInt16BE(2), to })
  }
  const cpu = process.cpuUsage()
  store.set('ber', 'HB-1001', round % 2)
  store.publish()
  while (seen < OBSERVERS) await setImmediate()
  const { user, system } = process.cpuUsage(cpu)
  costs.push((user + system) / OBSERVERS)
  firsts.push((first ?? 0) - start)
  lasts.push(last - start)
  for (const { id, to } of confirmable) observations.acknowledged(to, id)
}

const get = request()
const ask = (n: number) =>
  handle(get, { address: `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`, port: 5683 })
for (let n = 0; n < ADDRESSES; n++) ask(n)
const full = heap()
for (let n = 0; n < GETS; n++) ask(n % ADDRESSES)
const growth = (heap() - full) / 1e6

report([
  {
    figure: `${perObserver.toFixed(0)} B of heap an observer, besides ${perProven.toFixed(0)} B of any endpoint that has proved its address`,
    promise: `at most ${MAX_HEAP_BYTES} B`,
    holds: perObserver <= MAX_HEAP_BYTES,
  },
  {
    figure: `${median(costs).toFixed(2)} µs of CPU a notification, without the socket`,
    promise: `at most ${MAX_US} µs with it`,
    holds: median(costs) <= MAX_US,
  },
  {
    figure: `first of ${OBSERVERS} notifications after ${quantile(firsts, 0.99).toFixed(2)} ms (p99), last after ${quantile(lasts, 0.99).toFixed(1)} ms`,
    promise: `first within ${FIRST_MS} ms`,
    holds: quantile(firsts, 0.99) <= FIRST_MS,
  },
  {
    figure: `${growth.toFixed(2)} MB of heap growth over ${GETS} GETs from ${ADDRESSES} addresses`,
    promise: `below ${MAX_GROWTH_MB} MB`,
    holds: growth < MAX_GROWTH_MB,
  },
])
// Timers of the store and the observations would continue.
process.exit()
