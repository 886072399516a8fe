import { RETRY_AFTER_S, type Refusal } from '../access/resources.ts'
import { encodeMessage, TYPE } from '../codecs/coap-message.ts'
import type { Devices } from '../devices/registry.ts'
import type { FlagStore, Resource, StockListener } from '../stock/flag-store.ts'
import { type CoapAnswer, formatFor, notification, refused, unauthorized } from './coap-answers.ts'
import { type Sent, startConfirmation } from './coap-confirmation.ts'
import {
  type Endpoint,
  endpointKey,
  type MessageIds,
  nextMessageId,
  type SendDatagram,
} from './coap-endpoint.ts'
import { type Interest, type Observer, Observers, type Peer } from './coap-observers.ts'
import { createPace, UNKNOWN_RTT_MS } from './coap-pace.ts'
import type { Exchange, Protect } from './coap-protection.ts'
import { observeNumber } from './coap-sequence.ts'

/** Every fifth notification asks for an acknowledgement, and one a day whatever happens (RFC 7641 §4.5). */
const CONFIRM_EVERY = 5
const CONFIRM_AFTER_S = 23 * 3_600
const SWEEP_MS = 3_600_000
/** Observers of a server that ends return spread over these seconds. */
const RETURN_WITHIN_S = 10
/** Resets of unknown messages that are looked at between two notifications: ids must not be guessed one by one. */
const MAX_STRAYS = 8

type Options = {
  store: FlagStore
  devices: Devices
  send: SendDatagram
  messageIds: MessageIds
  /** For observations under OSCORE; there are none without it. */
  protect?: Protect
}

export type Observations = ReturnType<typeof createObservations>

/** Observe (RFC 7641): notifies of each change once, with the newest state, however fast the changes come. */
export function createObservations({ store, devices, send, messageIds, protect }: Options) {
  const observers = new Observers()
  const pace = createPace(notify)
  const changed = new Set<Resource>()
  const sweep = setInterval(confirmQuietOnes, SWEEP_MS).unref()

  const listener: StockListener = {
    changed(resource) {
      if (changed.size === 0) setImmediate(flush)
      changed.add(resource)
    },
    // Spread over half a minute: observers that are told to return together would meet the limits together.
    lost: () => endAll('unavailable', () => Math.ceil((RETRY_AFTER_S / 2) * (1 + Math.random()))),
  }
  store.listen(listener)
  devices.listen((id, device, former) => {
    if (device?.store !== former?.store) dismiss(id)
  })

  return {
    get count() {
      return observers.count
    },
    /** Whether a request that is not protected would renew an observation. */
    has: (peer: Endpoint, token: Buffer): boolean => observers.find(peer, token) !== undefined,
    /** The next message id of an endpoint that observes something; none for any other. */
    messageId(endpoint: Endpoint): number | undefined {
      const peer = observers.peer(endpoint)
      return peer && takeMessageId(peer)
    },
    /**
     * @param rttMs an upper bound of the round-trip time, if known
     * @returns the first sequence number; `undefined` when there are too many observers
     */
    register: (endpoint: Endpoint, interest: Interest, rttMs?: number): number | undefined =>
      observers.add(endpoint, interest, () => newPeer(endpoint, rttMs))?.sequence,
    deregister(peer: Endpoint, token: Buffer, exchange?: Exchange): void {
      const observer = observers.find(peer, token, exchange)
      if (observer) observers.remove(observer)
    },
    acknowledged,
    /** The client does not know the notification: it no longer observes. */
    reset(endpoint: Endpoint, messageId: number): void {
      const peer = observers.peer(endpoint)
      if (peer === undefined || peer.strays >= MAX_STRAYS) return
      const observer = peer.observers.find((candidate) => candidate.messageId === messageId)
      if (observer) observers.remove(observer)
      else peer.strays++
    },
    /** A security context is no longer valid: who observes under it registers again under another, or not at all. */
    dismissContext(context: Exchange['context']): void {
      for (const observer of observers.all())
        if (observer.exchange?.context === context) end(observer, unauthorized)
    },
    /** Asks all observers to return soon, to whichever process serves then. */
    stop(): void {
      clearInterval(sweep)
      endAll('unavailable', () => 1 + Math.floor(Math.random() * RETURN_WITHIN_S))
    },
  }

  /** Every field from the start: objects of one form take the least room. */
  function newPeer(endpoint: Endpoint, rttMs = UNKNOWN_RTT_MS): Peer {
    return {
      address: endpoint.address,
      port: endpoint.port,
      local: endpoint.local,
      key: endpointKey(endpoint),
      observers: [],
      rttMs: Math.min(rttMs, UNKNOWN_RTT_MS),
      freeAt: 0,
      timer: undefined,
      waiting: undefined,
      messageId: messageIds.start(endpoint),
      strays: 0,
      outstanding: undefined,
    }
  }

  /** The device lost its key, or moved to another store: its observers register again, or not at all. */
  function dismiss(device: string) {
    for (const observer of observers.all()) if (observer.device === device) end(observer, unauthorized)
  }

  function flush() {
    const resources = [...changed]
    changed.clear()
    for (const resource of resources)
      for (const observer of [...observers.of(resource)]) pace.request(observer.peer, observer)
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
    const next = encode(observer, TYPE.NON)
    if (next === undefined) return
    observer.unconfirmed++
    transmit(next.datagram, peer)
  }

  function confirm(observer: Observer) {
    const { peer } = observer
    const first = encode(observer, TYPE.CON)
    if (first === undefined) return
    const confirmation = startConfirmation({
      first,
      next(previous) {
        if (!peer.outstanding?.stale) return previous
        peer.outstanding.stale = false
        return encode(observer, TYPE.CON) ?? previous
      },
      send: (datagram) => transmit(datagram, peer),
      expired() {
        // An endpoint that does not answer for one observation does not for the others either.
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
    observer.confirmedAtS = Math.floor(performance.now() / 1000)
    pace.answered(peer, confirmation.rttMs)
    if (stale) pace.request(peer, observer)
  }

  function confirmQuietOnes() {
    const before = performance.now() / 1000 - CONFIRM_AFTER_S
    for (const observer of observers.all())
      if (observer.confirmedAtS < before && observer.peer.outstanding === undefined) confirm(observer)
  }

  function endAll(refusal: Refusal, retryAfterS: () => number) {
    for (const observer of observers.all()) end(observer, refused(refusal, retryAfterS()))
  }

  function end(observer: Observer, answer: CoapAnswer) {
    observers.remove(observer)
    const { peer } = observer
    const token = Buffer.from(observer.token, 'latin1')
    const shown = shownTo(observer, answer)
    if (shown)
      transmit(encodeMessage({ type: TYPE.NON, messageId: takeMessageId(peer), token, ...shown }), peer)
  }

  function transmit(datagram: Buffer, peer: Peer) {
    pace.sent(peer)
    peer.strays = 0
    send(datagram, peer)
  }

  /** None while there is no number to protect it with: the observer has the state until its Max-Age. */
  function encode(observer: Observer, type: number): Sent | undefined {
    const sequence = observeNumber(observer.sequence)
    const { resource, accept } = observer
    const token = Buffer.from(observer.token, 'latin1')
    const state = resource.answers?.[formatFor(resource, accept) ?? 'plain']
    const answer = state ? notification(state, observer, store.maxAgeS(), sequence) : refused('not_found')
    const shown = shownTo(observer, answer)
    if (shown === undefined) return undefined
    const messageId = takeMessageId(observer.peer)
    observer.messageId = messageId
    observer.sequence = sequence
    return { messageId, datagram: encodeMessage({ type, messageId, token, ...shown }) }
  }

  function shownTo({ exchange }: Observer, answer: CoapAnswer): CoapAnswer | undefined {
    return exchange ? protect?.(answer, exchange, 'own') : answer
  }
}

function takeMessageId(peer: Peer): number {
  peer.messageId = nextMessageId(peer.messageId)
  return peer.messageId
}
