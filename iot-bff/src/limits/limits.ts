import { addressKey } from '@harbor/shared-runtime/limits/address'
import type { Config } from '../config.ts'
import { RateLimit } from './rate-limit.ts'

/** Seconds to wait before the next one; 0 when this one is within the limit. */
type Wait = number

/** How much is taken from whom. What is over a limit is refused before it is looked at any further. */
export type Limits = {
  /** One more request or packet of a device that has shown its key. */
  device(id: string): Wait
  /** One more acknowledgement of a flag that was sent to a device. */
  acknowledgement(id: string): Wait
  /** One more request of a peer of which only the address is known: plain CoAP. */
  peer(address: string): Wait
  /**
   * One more key that nobody has. A valid key is never kept waiting by it: a whole shop stands behind one address,
   * and keys of 128 random bits need no lock against guessing.
   */
  badKey(address: string): Wait
}

/** Some 10 MB when full. */
const MAX_ADDRESSES = 50_000
/** Devices are known ones: their number is bounded by the registry. */
const MAX_DEVICES = 1_000_000
/** A device that subscribes to its store acknowledges every flag of it, and all of them after a restart. */
const ACKNOWLEDGEMENTS_PER_MINUTE = 60_000

export function createLimits({
  DEVICE_REQUESTS_PER_MINUTE,
  BAD_KEYS_PER_MINUTE,
}: Pick<Config, 'DEVICE_REQUESTS_PER_MINUTE' | 'BAD_KEYS_PER_MINUTE'>): Limits {
  const devices = new RateLimit({ perMinute: DEVICE_REQUESTS_PER_MINUTE, maxKeys: MAX_DEVICES })
  const acknowledgements = new RateLimit({ perMinute: ACKNOWLEDGEMENTS_PER_MINUTE, maxKeys: MAX_DEVICES })
  const peers = new RateLimit({ perMinute: DEVICE_REQUESTS_PER_MINUTE, maxKeys: MAX_ADDRESSES })
  const badKeys = new RateLimit({ perMinute: BAD_KEYS_PER_MINUTE, maxKeys: MAX_ADDRESSES })
  return {
    device: (id) => devices.take(id),
    acknowledgement: (id) => acknowledgements.take(id),
    peer: (address) => peers.take(addressKey(address)),
    badKey: (address) => badKeys.take(addressKey(address)),
  }
}
