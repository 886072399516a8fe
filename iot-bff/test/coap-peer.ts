import { randomInt } from 'node:crypto'
import { createLog } from '@harbor/shared-runtime/log'
import { createResources } from '../src/access/resources.ts'
import {
  CODE,
  type CoapMessage,
  type CoapOption,
  encodeMessage,
  encodeUint,
  NO_BYTES,
  OPTION,
  parseMessage,
  TYPE,
} from '../src/codecs/coap-message.ts'
import { Devices } from '../src/devices/registry.ts'
import { loadRegistry } from '../src/devices/registry-file.ts'
import { createLimits } from '../src/limits/limits.ts'
import type { Endpoint, SendDatagram } from '../src/protocols/coap-endpoint.ts'
import { createCoapFace, type OscoreOptions } from '../src/protocols/coap-face.ts'
import { FlagStore } from '../src/stock/flag-store.ts'
import { createTelemetryIntake } from '../src/telemetry/intake.ts'
import { createTelemetrySink, type RecordReadings } from '../src/telemetry/sink.ts'
import { DEMO_STOCK } from './run-app.ts'

export const PEER: Endpoint = { address: '192.0.2.7', port: 40_001 }

/** A request as a device would write it. */
export function request(
  path: string,
  {
    type = TYPE.CON as number,
    code = CODE.GET as number,
    token = '54',
    messageId = randomInt(0x1_0000),
    options = [] as readonly CoapOption[],
    payload = NO_BYTES,
  } = {},
): Buffer {
  const segments = path.split('/').filter(Boolean)
  const all = [
    ...segments.map((segment) => ({ number: OPTION.URI_PATH, value: Buffer.from(segment) })),
    ...options,
  ].sort((a, b) => a.number - b.number)
  return encodeMessage({
    type,
    code,
    messageId,
    token: Buffer.from(token, 'hex'),
    options: all,
    payload,
  })
}

export const uint = (number: number, value: number): CoapOption => ({ number, value: encodeUint(value) })

/** @throws for anything that is not a message */
export function parsed(datagram: Buffer | undefined): CoapMessage {
  const message = datagram && parseMessage(datagram)
  if (message === undefined || 'malformed' in message) throw new Error('not a CoAP message')
  return message
}

export const optionOf = (message: CoapMessage, number: number): Buffer | undefined =>
  message.options.find((option) => option.number === number)?.value

export const uintOf = (message: CoapMessage, number: number): number | undefined => {
  const value = optionOf(message, number)
  return value && (value.length === 0 ? 0 : value.readUIntBE(0, value.length))
}

type Face = {
  requestsPerMinute?: number
  badKeysPerMinute?: number
  plainDevice?: string
  record?: RecordReadings
  oscore?: (devices: Devices) => OscoreOptions
}

/** The CoAP face over the demo stock, without a socket: what it sends of its own accord is in `sent`. */
export async function coapFace({
  requestsPerMinute = 1_000_000,
  badKeysPerMinute = 1,
  plainDevice = 'd101',
  record = async () => {},
  oscore,
}: Face = {}) {
  const devices = new Devices()
  const store = new FlagStore()
  devices.listen((id, device) => store.setDevice(id, device))
  const options = oscore?.(devices)
  const sent: { datagram: Buffer; to: Endpoint }[] = []
  const send: SendDatagram = (datagram, { address, port }) =>
    void sent.push({ datagram, to: { address, port } })
  const log = createLog('test', 'silent')
  const { observations, handle, start } = createCoapFace({
    store,
    devices,
    resources: createResources(store),
    limits: createLimits({
      DEVICE_REQUESTS_PER_MINUTE: requestsPerMinute,
      BAD_KEYS_PER_MINUTE: badKeysPerMinute,
    }),
    plainDevice,
    oscore: options,
    send,
    telemetry: createTelemetryIntake(createTelemetrySink({ record, log })),
    log,
  })
  devices.replace(await loadRegistry(undefined))
  await start()

  return {
    devices,
    store,
    sent,
    observations,
    handle,
    ask: (datagram: Buffer, peer = PEER) => parsed(handle(datagram, peer)),
    fill() {
      store.beginSnapshot()
      for (const { sku, available } of DEMO_STOCK) store.set('ber', sku, available)
      store.endSnapshot()
    },
    change(sku: string, level: number) {
      store.set('ber', sku, level)
      store.publish()
    },
    /** Registers with the Echo proof that the first try is challenged for. */
    observe(
      path: string,
      { token = '54', type = TYPE.CON as number, peer = PEER, options = [] as CoapOption[] } = {},
    ) {
      const register = [uint(OPTION.OBSERVE, 0), ...options]
      const first = parsed(handle(request(path, { token, type, options: register }), peer))
      const echo = optionOf(first, OPTION.ECHO)
      if (echo === undefined) return first
      const proof = { number: OPTION.ECHO, value: echo }
      return parsed(handle(request(path, { token, type, options: [...register, proof] }), peer))
    },
  }
}
