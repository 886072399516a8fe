import { typedChannel } from './channel.ts'

/** A message of a device was answered. */
export type DeviceMessage = {
  readonly protocol: 'http' | 'coap' | 'mqtt'
  /** `flag`, `bitmap`, `telemetry`, `links`; `none` for what was refused before it was known. */
  readonly message: string
  /** A status of HTTP, whatever the protocol. */
  readonly status: number
}

/** A connection to the stock feed: `live` once devices get flags from it. */
export type StockFeedState = { readonly live: boolean }

export const deviceEvents = {
  message: typedChannel<DeviceMessage>('harbor.device.message'),
  feed: typedChannel<StockFeedState>('harbor.device.feed'),
}
