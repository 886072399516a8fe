import { CODE, encodeMessage, TYPE } from '../codecs/coap-message.ts'
import type { Devices } from '../devices/registry.ts'
import type { FlagStore, Resource, StockListener } from '../flag-store.ts'
import { RETRY_AFTER_S, type Refusal } from '../resources.ts'
import { bare, type CoapAnswer, formatFor, notification, refused } from './coap-answers.ts'
import { type Sent, startConfirmation } from './coap-confirmation.ts'
import type { Endpoint, MessageIds, SendDatagram } from './coap-endpoint.ts'
import { type Interest, type Observer, Observers } from './coap-observers.ts'

/** Every fifth notification asks for an acknowledgement, and one a day whatever happens (RFC 7641 §4.5). */
const CONFIRM_EVERY = 5
const CONFIRM_AFTER_MS = 23 * 3_600_000
const SWEEP_MS = 3_600_000
/** Observers of a server that ends come back spread over these seconds. */
const RETURN_WITHIN_S = 10
const SEQUENCE_MASK = 0xff_ffff

type Options = {
  store: FlagStore
  devices: Devices
  send: SendDatagram
  messageIds: MessageIds
}

export type Observations = ReturnType<typeof createObservations>

/** Observe (RFC 7641): notifies of each change once, with the newest state, however fast the changes come. */
export function createObservations({ store, devices, send, messageIds }: Options) {
  const observers = new Observers()
  const changed = new Set<Resource>()
  const sweep = setInterval(confirmQuietOnes, SWEEP_MS).unref()

  const listener: StockListener = {
    changed(resource) {
      if (changed.size === 0) setImmediate(flush)
      changed.add(resource)
    },
    lost: () => endAll('unavailable', () => RETRY_AFTER_S),
  }
  store.listen(listener)
  devices.listen((id, device, former) => {
    if (device?.store !== former?.store) dismiss(id)
  })

  return {
    get count() {
      return observers.count
    },
    has: (peer: Endpoint, token: Buffer): boolean => observers.find(peer, token) !== undefined,
    /** @returns the first sequence number; `undefined` when there are too many observers */
    register: (peer: Endpoint, interest: Interest): number | undefined =>
      observers.add(peer, interest)?.sequence,
    deregister(peer: Endpoint, token: Buffer): void {
      const observer = observers.find(peer, token)
      if (observer) observers.remove(observer)
    },
    acknowledged,
    /** The client does not know the notification: it no longer observes. */
    reset(endpoint: Endpoint, messageId: number): void {
      const peer = observers.peer(endpoint)
      const observer = peer?.observers.find((candidate) => candidate.messageId === messageId)
      if (observer) observers.remove(observer)
    },
    /** Tells all observers to come back soon, to whoever serves then. */
    stop(): void {
      clearInterval(sweep)
      endAll('unavailable', () => 1 + Math.floor(Math.random() * RETURN_WITHIN_S))
    },
  }

  /** The device has lost what it came in by, or belongs elsewhere now: its observers ask anew, or not at all. */
  function dismiss(device: string) {
    for (const observer of observers.all())
      if (observer.device === device) end(observer, bare(CODE.UNAUTHORIZED))
  }

  function flush() {
    const resources = [...changed]
    changed.clear()
    for (const resource of resources) for (const observer of [...observers.of(resource)]) notify(observer)
  }

  function notify(observer: Observer) {
    const { peer } = observer
    if (observer.resource.answers === undefined) return end(observer, refused('not_found'))
    if (peer.outstanding?.observer === observer) {
      // The newest state follows with the retransmission or after the acknowledgement.
      peer.outstanding.stale = true
      return
    }
    const due = observer.unconfirmed + 1 >= CONFIRM_EVERY
    if (due && peer.outstanding === undefined) return confirm(observer)
    observer.unconfirmed++
    send(encode(observer, TYPE.NON).datagram, peer)
  }

  function confirm(observer: Observer) {
    const { peer } = observer
    const confirmation = startConfirmation({
      next(previous) {
        if (previous && !peer.outstanding?.stale) return previous
        if (peer.outstanding) peer.outstanding.stale = false
        return encode(observer, TYPE.CON)
      },
      send: (datagram) => send(datagram, peer),
      expired() {
        // Whoever does not hear one of its observations does not hear the others either.
        for (const deaf of [...peer.observers]) observers.remove(deaf)
      },
    })
    peer.outstanding = { observer, confirmation, stale: false }
  }

  function acknowledged(endpoint: Endpoint, messageId: number): void {
    const peer = observers.peer(endpoint)
    if (peer?.outstanding?.confirmation.messageId !== messageId) return
    const { observer, confirmation, stale } = peer.outstanding
    confirmation.end()
    peer.outstanding = undefined
    observer.unconfirmed = 0
    observer.confirmedAt = performance.now()
    if (stale) notify(observer)
  }

  function confirmQuietOnes() {
    const before = performance.now() - CONFIRM_AFTER_MS
    for (const observer of observers.all())
      if (observer.confirmedAt < before && observer.peer.outstanding === undefined) confirm(observer)
  }

  function endAll(refusal: Refusal, retryAfterS: () => number) {
    for (const observer of observers.all()) end(observer, refused(refusal, retryAfterS()))
  }

  function end(observer: Observer, answer: CoapAnswer) {
    observers.remove(observer)
    const { peer, token } = observer
    send(encodeMessage({ type: TYPE.NON, messageId: messageIds(), token, ...answer }), peer)
  }

  function encode(observer: Observer, type: number): Sent {
    observer.messageId = messageIds()
    observer.sequence = (observer.sequence + 1) & SEQUENCE_MASK
    const { resource, accept, token, messageId, sequence } = observer
    const state = resource.answers?.[formatFor(resource, accept) ?? 'plain']
    const answer = state ? notification(state, accept, store.maxAgeS(), sequence) : refused('not_found')
    return { messageId, datagram: encodeMessage({ type, messageId, token, ...answer }) }
  }
}
