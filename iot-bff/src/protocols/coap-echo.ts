import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Endpoint } from './coap-endpoint.ts'

/** How long a challenge can be answered. */
const FRESH_MS = 120_000
/** The time in a value counts in steps of so many milliseconds: 16 bits of them are 262 s. */
const STEP_MS = 4
const STEPS = 0x1_0000
const MAC_BYTES = 6
const ECHO_BYTES = 8

/**
 * Echo values (RFC 9175): a peer that sends one back receives at the address that it sends from. Nothing is stored:
 * a value is the time and a keyed hash of time and address. 48 bits are enough for what can only be guessed online.
 */
export function createEchoProof(secret: string = randomBytes(32).toString('hex')) {
  return {
    challenge(peer: Endpoint): Buffer {
      const now = currentStep()
      return valueFor(peer, now)
    },
    /** Milliseconds since the challenge, an upper bound of the round-trip time; `undefined` for no valid answer. */
    ageMs(peer: Endpoint, echo: Buffer | undefined): number | undefined {
      if (echo?.length !== ECHO_BYTES) return undefined
      const now = currentStep()
      const age = (now - echo.readUInt16BE(MAC_BYTES)) & (STEPS - 1)
      if (age * STEP_MS > FRESH_MS || age > now) return undefined
      return timingSafeEqual(valueFor(peer, now - age), echo) ? age * STEP_MS : undefined
    },
  }

  function valueFor({ address, port }: Endpoint, step: number): Buffer {
    const mac = hash('sha256', `${secret}${address} ${port} ${step}`, 'buffer')
    mac.writeUInt16BE(step & (STEPS - 1), MAC_BYTES)
    return mac.subarray(0, ECHO_BYTES)
  }
}

export type EchoProof = ReturnType<typeof createEchoProof>

const currentStep = (): number => Math.floor(performance.now() / STEP_MS)
