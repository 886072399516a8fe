import { isIPv6 } from 'node:net'
import type { Log } from '@harbor/shared-runtime/log'
import { type Part, StartError } from '@harbor/shared-runtime/part'
import type { Resources } from '../access/resources.ts'
import type { Devices } from '../devices/registry.ts'
import type { Limits } from '../limits/limits.ts'
import type { FlagStore } from '../stock/flag-store.ts'
import type { TelemetryIntake } from '../telemetry/intake.ts'
import { createCoapHandler } from './coap.ts'
import { createEchoProof } from './coap-echo.ts'
import { createMessageIds, type SendDatagram } from './coap-endpoint.ts'
import { createObservations } from './coap-observe.ts'
import { createCoapSockets } from './coap-sockets.ts'

type Options = {
  store: FlagStore
  resources: Resources
  devices: Devices
  limits: Limits
  telemetry: TelemetryIntake
  /** The id of the device that peers are taken for. */
  plainDevice: string
  host: string
  port: number
  log: Log
}

/**
 * Plain CoAP over UDP, as a part of the process. On stop, observers are asked to return later.
 * `start` throws `StartError` when `plainDevice` is no device of the registry.
 */
export function coapPart({
  store,
  resources,
  devices,
  limits,
  telemetry,
  plainDevice,
  host,
  port,
  log,
}: Options): Part {
  const messageIds = createMessageIds()
  const send: SendDatagram = (datagram, to) => to.local?.send(datagram, to.port, to.address)
  const observations = createObservations({ store, devices, send, messageIds })
  const handle = createCoapHandler({
    store,
    resources,
    observations,
    echo: createEchoProof(),
    limits,
    plainDevice: () => devices.byId(plainDevice),
    messageIds,
    telemetry,
    send,
  })
  const sockets = createCoapSockets({
    host,
    port,
    log,
    received(datagram, peer) {
      const reply = handle(datagram, peer)
      if (reply !== undefined) send(reply, peer)
    },
  })

  return {
    name: 'coap',
    async start() {
      if (!devices.byId(plainDevice)) throw unknownDevice(plainDevice)
      const bound = await sockets.open()
      return `coap://${isIPv6(host) ? `[${host}]` : host}:${bound}`
    },
    async stop() {
      observations.stop()
      await sockets.close()
    },
    details: () => ({ observers: observations.count, addresses: sockets.size }),
  }
}

const unknownDevice = (id: string): StartError =>
  new StartError(
    `COAP_PLAIN_DEVICE: given ${JSON.stringify(id)}; allowed: the id of a device that has a key.`,
  )
