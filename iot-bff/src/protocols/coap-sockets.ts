import { createSocket, type Socket } from 'node:dgram'
import { type LookupOneOptions, lookup } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { portError } from '@harbor/shared-runtime/http-server'
import type { Log } from '@harbor/shared-runtime/log'
import type { Endpoint, Local } from './coap-endpoint.ts'

/** Room for a burst of some ten thousand requests while the process is busy with something else. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
/** How often addresses that came or went are looked for. */
const LOOK_MS = 5_000
const ANY = new Set(['0.0.0.0', '::'])

type Options = {
  host: string
  port: number
  /** Whether other processes may serve the same port; each endpoint's datagrams then reach one of them. */
  reusePort: boolean
  log: Log
  received: (datagram: Buffer, from: Endpoint) => void
}

/**
 * UDP sockets of one port. For `0.0.0.0` and `::` one for each address of the machine: an answer has to leave from
 * the address that was asked (RFC 7252 §5.3.2), and a socket bound to one hears no broadcast or multicast.
 */
export function createCoapSockets({ host, port, reusePort, log, received }: Options) {
  const sockets = new Map<string, Socket>()
  let bound = port
  let looking: NodeJS.Timeout | undefined

  return {
    /** @returns the port. @throws {StartError} when it cannot be used */
    async open(): Promise<number> {
      if (!ANY.has(host)) await bind(host, port)
      else await followInterfaces()
      if (ANY.has(host)) looking = setInterval(() => followInterfaces().catch(unusable), LOOK_MS).unref()
      return bound
    },
    get size() {
      return sockets.size
    },
    close(): Promise<unknown> {
      clearInterval(looking)
      return Promise.all([...sockets.values()].map(closed))
    },
  }

  async function followInterfaces() {
    const present = new Set(addresses(host === '::'))
    for (const [address, socket] of sockets)
      if (!present.has(address)) {
        sockets.delete(address)
        await closed(socket)
      }
    for (const address of present) {
      if (sockets.has(address)) continue
      try {
        await bind(address, bound)
      } catch (err) {
        // An address may be gone again, or not be usable yet; that the port is taken is for the operator.
        if (!isUnavailable(err)) throw portError(asErrno(err), address, bound, 'COAP_PORT')
        log.debug({ err, address }, 'no CoAP on an address')
      }
    }
  }

  async function bind(address: string, at: number) {
    const type = isIPv6(address) ? 'udp6' : 'udp4'
    const socket = createSocket({
      type,
      reusePort,
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      lookup: lookupNames,
      ...(type === 'udp6' && { ipv6Only: true }),
    })
    const local: Local = {
      address,
      send: (datagram, port, to) => socket.send(datagram, port, to, unsent),
    }
    socket.on('message', (datagram, { address, port }) => received(datagram, { address, port, local }))
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close()
        reject(ANY.has(host) ? error : portError(error, host, port, 'COAP_PORT'))
      })
      socket.bind(at, address, resolve)
    })
    socket.removeAllListeners('error').on('error', (err) => log.error({ err }, 'CoAP socket'))
    bound = socket.address().port
    sockets.set(address, socket)
    const bytes = socket.getRecvBufferSize()
    if (bytes < RECEIVE_BUFFER_BYTES && sockets.size === 1)
      log.warn({ bytes, wanted: RECEIVE_BUFFER_BYTES }, 'a small receive buffer: raise net.core.rmem_max')
  }

  /** An address that cannot be reached costs its own datagram only. */
  function unsent(err: Error | null) {
    if (err) log.debug({ err }, 'a datagram could not be sent')
  }

  function unusable(err: unknown) {
    log.warn({ err }, 'an address cannot be served over CoAP')
  }
}

/** Addresses of this machine; link-local ones with their interface. */
function addresses(withIPv6: boolean): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, entries = []]) =>
    entries
      .filter(({ family }) => family === 'IPv4' || withIPv6)
      .map(({ address }) => (address.startsWith('fe80:') ? `${address}%${name}` : address)),
  )
}

const closed = (socket: Socket) => new Promise<void>((resolve) => socket.close(() => resolve()))

const asErrno = (error: unknown): NodeJS.ErrnoException =>
  error instanceof Error ? error : new Error(String(error))

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRNOTAVAIL' || error.code === 'EINVAL')

type Resolved = (error: NodeJS.ErrnoException | null, address: string, family: number) => void

/** Answers go to addresses: the resolver, which every datagram would pass, is for the name to listen on. */
function lookupNames(name: string, options: LookupOneOptions, resolved: Resolved): void {
  if (isIP(name)) resolved(null, name, isIP(name))
  else lookup(name, options, resolved)
}
