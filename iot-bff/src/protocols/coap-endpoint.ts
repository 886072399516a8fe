/** Where a datagram came from. */
export type Endpoint = { readonly address: string; readonly port: number }

/** Sends a datagram, without waiting and without a promise that it arrives. */
export type SendDatagram = (datagram: Buffer, to: Endpoint) => void

/** Message ids of everything that this server sends of its own accord. */
export type MessageIds = () => number

/** Counts up from a random start, so that the ids of the process before are not met again at once. */
export function createMessageIds(): MessageIds {
  let last = Math.floor(Math.random() * 0x1_0000)
  return () => (last = (last + 1) & 0xffff)
}
