import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Endpoint } from './coap-endpoint.ts'

/** A challenge holds for one to two windows. */
const WINDOW_MS = 60_000
const ECHO_BYTES = 8

/**
 * Echo values (RFC 9175): whoever sends one back within minutes does receive at the address that it sends
 * from. Nothing is kept: a value is a keyed hash of the address and the time.
 */
export function createEchoProof(secret: Buffer = randomBytes(32)) {
  return {
    challenge: (peer: Endpoint): Buffer => valueFor(peer, currentWindow()),
    isFresh(peer: Endpoint, echo: Buffer | undefined): boolean {
      if (echo?.length !== ECHO_BYTES) return false
      const window = currentWindow()
      return [window, window - 1].some((candidate) => timingSafeEqual(valueFor(peer, candidate), echo))
    },
  }

  function valueFor({ address, port }: Endpoint, window: number): Buffer {
    return createHmac('sha256', secret)
      .update(`${address} ${port} ${window}`)
      .digest()
      .subarray(0, ECHO_BYTES)
  }
}

export type EchoProof = ReturnType<typeof createEchoProof>

const currentWindow = (): number => Math.floor(performance.now() / WINDOW_MS)
