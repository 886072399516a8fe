import { createSocket } from 'node:dgram'
import { type LookupOneOptions, lookup } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import { portError } from '@harbor/shared-runtime/http-server'
import type { Log } from '@harbor/shared-runtime/log'
import { type Part, StartError } from '@harbor/shared-runtime/part'
import type { Devices } from '../devices/registry.ts'
import type { FlagStore } from '../flag-store.ts'
import type { Limits } from '../limits/limits.ts'
import type { Resources } from '../resources.ts'
import { createCoapHandler } from './coap.ts'
import { createEchoProof } from './coap-echo.ts'
import { createMessageIds, type SendDatagram } from './coap-endpoint.ts'
import { createObservations } from './coap-observe.ts'

/** Room for a burst of some ten thousand requests while the process is busy with something else. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

type Options = {
  store: FlagStore
  resources: Resources
  devices: Devices
  limits: Limits
  /** The id of the device that peers are taken for. */
  plainDevice: string
  host: string
  port: number
  log: Log
}

/**
 * Plain CoAP on a UDP socket, as a part of the process. On stop, observers are sent away with a time to return.
 * `start` throws `StartError` when `plainDevice` is no device of the registry.
 */
export function coapPart({ store, resources, devices, limits, plainDevice, host, port, log }: Options): Part {
  const family = isIPv6(host) ? 'udp6' : 'udp4'
  const socket = createSocket({ type: family, recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: lookupNames })
  const messageIds = createMessageIds()
  const send: SendDatagram = (datagram, to) => socket.send(datagram, to.port, to.address, unsent)
  const observations = createObservations({ store, devices, send, messageIds })
  const handle = createCoapHandler({
    store,
    resources,
    observations,
    echo: createEchoProof(),
    limits,
    plainDevice: () => devices.byId(plainDevice),
    messageIds,
  })

  socket.on('message', (datagram, peer) => {
    const reply = handle(datagram, peer)
    if (reply !== undefined) send(reply, peer)
  })

  return {
    name: 'coap',
    start: () =>
      new Promise((resolve, reject) => {
        if (!devices.byId(plainDevice)) return reject(unknownDevice(plainDevice))
        socket.once('error', (error) => reject(portError(error, host, port, 'COAP_PORT')))
        socket.bind(port, host, () => {
          socket.removeAllListeners('error').on('error', (err) => log.error({ err }, 'coap socket'))
          warnOfSmallBuffer()
          const { port: bound } = socket.address()
          resolve(`coap://${family === 'udp6' ? `[${host}]` : host}:${bound}`)
        })
      }),
    stop() {
      observations.stop()
      return new Promise((resolve) => socket.close(() => resolve()))
    },
  }

  function warnOfSmallBuffer() {
    const bytes = socket.getRecvBufferSize()
    if (bytes < RECEIVE_BUFFER_BYTES)
      log.warn({ bytes, wanted: RECEIVE_BUFFER_BYTES }, 'a small receive buffer: raise net.core.rmem_max')
  }

  /** An address that cannot be reached costs its own datagram only. */
  function unsent(error: Error | null) {
    if (error) log.debug({ err: error }, 'a datagram could not be sent')
  }
}

const unknownDevice = (id: string): StartError =>
  new StartError(
    `COAP_PLAIN_DEVICE: given ${JSON.stringify(id)}; allowed: the id of a device that has a key.`,
  )

type Resolved = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** Answers go to addresses: the resolver, which every datagram would pass, is for the name to listen on. */
function lookupNames(name: string, options: LookupOneOptions, resolved: Resolved): void {
  if (isIP(name)) resolved(null, name, isIP(name))
  else lookup(name, options, resolved)
}
