import { hash, randomBytes } from 'node:crypto'

/** A socket, and the address of this machine that it is bound to. */
export type Local = {
  readonly address: string
  send(datagram: Buffer, port: number, address: string): void
}

/** Where a datagram came from, and the socket that it came in by: answers leave from the same address. */
export type Endpoint = {
  readonly address: string
  readonly port: number
  readonly local?: Local | undefined
  /** Made by `endpointKey`. */
  key?: string
}

/** Sends a datagram, without waiting and without a promise that it arrives. */
export type SendDatagram = (datagram: Buffer, to: Endpoint) => void

/**
 * Identifies an endpoint in tables; limits and proofs hold for it on whatever address it is served. Made once, so
 * that the tables share one string.
 */
export function endpointKey(endpoint: Endpoint): string {
  endpoint.key ??= [endpoint.address, endpoint.port].join(' ')
  return endpoint.key
}

const ID_MASK = 0xffff
/** One id every 4 ms: an endpoint's ids return after 262 s, more than EXCHANGE_LIFETIME (247 s, RFC 7252 §4.8.2). */
const ID_EVERY_MS = 4

export type MessageIds = ReturnType<typeof createMessageIds>

/**
 * Message ids of what this server sends other than acknowledgements (RFC 7252 §4.4). Each endpoint has a series of
 * its own, with a start that others cannot guess: whoever forges a reset has to name the id.
 */
export function createMessageIds(secret: string = randomBytes(16).toString('hex')) {
  const offset = (use: string, { address, port }: Endpoint): number =>
    hash('sha256', `${secret}${use}${address} ${port}`, 'buffer').readUInt16BE(0)
  return {
    /**
     * Where an endpoint's series begins now; it then counts up. A series that begins again later begins behind the
     * ids of the former one.
     */
    start: (peer: Endpoint): number =>
      (offset('start', peer) + Math.floor(performance.now() / ID_EVERY_MS)) & ID_MASK,
    /** For a peer without a series: as unique as the id of its request. */
    replyTo: (peer: Endpoint, requestId: number): number => (offset('reply', peer) + requestId) & ID_MASK,
  }
}

export const nextMessageId = (last: number): number => (last + 1) & ID_MASK
