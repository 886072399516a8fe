import { type TypedChannel, typedChannel } from '@harbor/shared-runtime/telemetry/channel'

/** What happens while events are followed, for metrics and traces; `feed` is the adapter's name. */
export type EventChannels = {
  /** A connection is up. `after`: the id from which it goes on, if there is one. */
  connected: { feed: string; after: string | undefined }
  /** A connection ended or could not be made, `failures` of them in a row before. */
  lost: { feed: string; error: unknown; failures: number }
  applied: { feed: string; id: string; type: string; attempts: number; ms: number }
  /** A poison event: it does not parse, or applying it failed each time. */
  skipped: { feed: string; id: string; type: string; reason: 'parse' | 'apply'; error: unknown }
  /** An event that was taken before. */
  repeated: { feed: string; id: string; type: string }
  /** An event of a type that is not known here. */
  ignored: { feed: string; id: string; type: string }
  /** Events may have been missed; everything that they could concern is purged. */
  gap: { feed: string }
}

/** `harbor.events.<name>` of `node:diagnostics_channel`. */
export const feedEvents: { readonly [N in keyof EventChannels]: TypedChannel<EventChannels[N]> } = {
  connected: typedChannel('harbor.events.connected'),
  lost: typedChannel('harbor.events.lost'),
  applied: typedChannel('harbor.events.applied'),
  skipped: typedChannel('harbor.events.skipped'),
  repeated: typedChannel('harbor.events.repeated'),
  ignored: typedChannel('harbor.events.ignored'),
  gap: typedChannel('harbor.events.gap'),
}

/** Tells `harbor.events.<name>`; the message is made only when somebody listens. */
export function tell<N extends keyof EventChannels>(name: N, message: () => EventChannels[N]): void {
  const to = feedEvents[name]
  if (to.hasSubscribers) to.publish(message())
}
