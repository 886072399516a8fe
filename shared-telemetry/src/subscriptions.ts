import type { Log } from '@harbor/shared-runtime/log'
import type { TypedChannel } from '@harbor/shared-runtime/telemetry/channel'

/** What listens to channels, as long as the process serves. */
export type Listen = <Message>(channel: TypedChannel<Message>, listener: (message: Message) => void) => void

/**
 * Subscriptions that end together. A listener that throws is logged once and never again: Node would end the process,
 * and telemetry must not cost an answer.
 */
export class Subscriptions {
  readonly #log: Pick<Log, 'error'>
  readonly #ends: (() => void)[] = []

  constructor(log: Pick<Log, 'error'>) {
    this.#log = log
  }

  readonly listen: Listen = (channel, listener) => {
    let failed = false
    const guarded = (message: Parameters<typeof listener>[0]) => {
      try {
        listener(message)
      } catch (err) {
        if (!failed) this.#log.error({ err, channel: channel.name }, 'telemetry: a listener failed')
        failed = true
      }
    }
    channel.subscribe(guarded)
    this.#ends.push(() => channel.unsubscribe(guarded))
  }

  end(): void {
    for (const end of this.#ends.splice(0)) end()
  }
}
