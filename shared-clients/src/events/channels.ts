import { channel } from 'node:diagnostics_channel'

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

const channels = {
  connected: channel('harbor.events.connected'),
  lost: channel('harbor.events.lost'),
  applied: channel('harbor.events.applied'),
  skipped: channel('harbor.events.skipped'),
  repeated: channel('harbor.events.repeated'),
  ignored: channel('harbor.events.ignored'),
  gap: channel('harbor.events.gap'),
}

/** Tells `harbor.events.<name>`; the message is made only when somebody listens. */
export function tell<N extends keyof EventChannels>(name: N, message: () => EventChannels[N]): void {
  const to = channels[name]
  if (to.hasSubscribers) to.publish(message())
}
