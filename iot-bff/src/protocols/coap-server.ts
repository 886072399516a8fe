import { isIPv6 } from 'node:net'
import type { Log } from '@harbor/shared-runtime/log'
import { type Part, StartError } from '@harbor/shared-runtime/part'
import type { Resources } from '../access/resources.ts'
import type { Devices } from '../devices/registry.ts'
import type { Limits } from '../limits/limits.ts'
import type { FlagStore } from '../stock/flag-store.ts'
import type { TelemetryIntake } from '../telemetry/intake.ts'
import type { SendDatagram } from './coap-endpoint.ts'
import { createCoapFace, type OscoreOptions } from './coap-face.ts'
import { createCoapSockets } from './coap-sockets.ts'

type Options = {
  store: FlagStore
  resources: Resources
  devices: Devices
  limits: Limits
  telemetry: TelemetryIntake
  /** The id of the device that peers over plain CoAP are taken for; none: only OSCORE is served. */
  plainDevice: string | undefined
  oscore: OscoreOptions | undefined
  host: string
  port: number
  reusePort: boolean
  log: Log
}

/**
 * CoAP over UDP, as a part of the process. On stop, observers are asked to return later.
 * `start` throws `StartError` when `plainDevice` is no device of the registry.
 */
export function coapPart({ host, port, reusePort, ...options }: Options): Part {
  const { devices, plainDevice, oscore, log } = options
  const send: SendDatagram = (datagram, to) => to.local?.send(datagram, to.port, to.address)
  const { handle, observations, start } = createCoapFace({ ...options, send })
  const sockets = createCoapSockets({
    host,
    port,
    reusePort,
    log,
    received(datagram, peer) {
      const reply = handle(datagram, peer)
      if (reply !== undefined) send(reply, peer)
    },
  })

  return {
    name: 'coap',
    async start() {
      if (plainDevice !== undefined && !devices.byId(plainDevice)) throw unknownDevice(plainDevice)
      await start()
      const bound = await sockets.open()
      return `coap://${isIPv6(host) ? `[${host}]` : host}:${bound}`
    },
    async stop() {
      observations.stop()
      await sockets.close()
    },
    details: () => ({
      observers: observations.count,
      addresses: sockets.size,
      ...(oscore && { securityContexts: oscore.contexts.size }),
    }),
  }
}

const unknownDevice = (id: string): StartError =>
  new StartError(
    `COAP_PLAIN_DEVICE: given ${JSON.stringify(id)}; allowed: the id of a device that has a key or a security context.`,
  )
