import { addressKey } from '@harbor/shared-edge/limits/address'
import type { Config } from '../config.ts'
import { RateLimit } from './rate-limit.ts'

/** Seconds to wait before the next one; 0 when this one is within the limit. */
type Wait = number

/** How much is taken from whom. A request over its limit is refused before any further work. */
export type Limits = {
  /** One more request or packet of a device that has shown its key. */
  device(id: string): Wait
  /** One more acknowledgement of a flag that was sent to a device. */
  acknowledgement(id: string): Wait
  /** One more datagram whose sender has not proved its address: it may be forged in the name of a whole shop. */
  unproven(address: string): Wait
  /** One more datagram of an endpoint that has proved its address before (`{address} {port}`). */
  endpoint(key: string): Wait
  /** One more datagram that carries a proof of its own: no forged one can be counted here. */
  proven(key: string): Wait
  /**
   * One more request without a valid key. It never delays a valid key: a whole shop may be behind one address, and
   * keys of 128 random bits need no lock against guessing.
   */
  badKey(address: string): Wait
}

/** Some 10 MB when full. */
const MAX_ADDRESSES = 50_000
/** As many as may be remembered as proven (protocols/coap-proven.ts). */
const MAX_ENDPOINTS = 50_000
/** Only known devices are counted: the registry bounds their number. */
const MAX_DEVICES = 1_000_000
/** A device that subscribes to its store acknowledges every flag of it, and all of them after a restart. */
const ACKNOWLEDGEMENTS_PER_MINUTE = 60_000

export function createLimits({
  DEVICE_REQUESTS_PER_MINUTE,
  BAD_KEYS_PER_MINUTE,
}: Pick<Config, 'DEVICE_REQUESTS_PER_MINUTE' | 'BAD_KEYS_PER_MINUTE'>): Limits {
  const devices = new RateLimit({ perMinute: DEVICE_REQUESTS_PER_MINUTE, maxKeys: MAX_DEVICES })
  const acknowledgements = new RateLimit({ perMinute: ACKNOWLEDGEMENTS_PER_MINUTE, maxKeys: MAX_DEVICES })
  const perAddress = { maxKeys: MAX_ADDRESSES, shared: true }
  const unproven = new RateLimit({ perMinute: DEVICE_REQUESTS_PER_MINUTE, ...perAddress })
  const endpoints = new RateLimit({ perMinute: DEVICE_REQUESTS_PER_MINUTE, maxKeys: MAX_ENDPOINTS })
  const proven = new RateLimit({ perMinute: DEVICE_REQUESTS_PER_MINUTE, maxKeys: MAX_ENDPOINTS })
  const badKeys = new RateLimit({ perMinute: BAD_KEYS_PER_MINUTE, ...perAddress })
  return {
    device: (id) => devices.take(id),
    acknowledgement: (id) => acknowledgements.take(id),
    unproven: (address) => unproven.take(addressKey(address)),
    endpoint: (key) => endpoints.take(key),
    proven: (key) => proven.take(key),
    badKey: (address) => badKeys.take(addressKey(address)),
  }
}
