import { type Channel, channel } from 'node:diagnostics_channel'

/** A channel of `node:diagnostics_channel` whose subscribers get one kind of message. */
export type TypedChannel<Message> = Omit<Channel, 'publish' | 'subscribe' | 'unsubscribe'> & {
  publish(message: Message): void
  subscribe(listener: (message: Message) => void): void
  unsubscribe(listener: (message: Message) => void): void
}

/**
 * Opens a channel by its name. Who publishes asks `hasSubscribers` before it builds a message, so a channel that
 * nobody listens to costs one property read.
 */
export const typedChannel = <Message>(name: string) =>
  // The messages of a channel are those of the one module that publishes on it.
  channel(name) as TypedChannel<Message>
