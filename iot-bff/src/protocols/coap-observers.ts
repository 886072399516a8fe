import type { Resource } from '../stock/flag-store.ts'
import type { Wanted } from './coap-answers.ts'
import type { Confirmation } from './coap-confirmation.ts'
import { type Endpoint, endpointKey } from './coap-endpoint.ts'
import type { Pace } from './coap-pace.ts'
import type { Exchange } from './coap-protection.ts'
import { observeNumber } from './coap-sequence.ts'

/** What a client wants to observe. */
export type Interest = Wanted & {
  /** The id of the device that asked. */
  readonly device: string
  readonly token: Buffer
  readonly resource: Resource
  /** By which its notifications are protected; none for plain CoAP. */
  readonly exchange: Exchange | undefined
}

/** A client's interest in a resource, and what it was last sent. */
export type Observer = Interest & {
  readonly peer: Peer
  /** Of the last notification: by it the client recognises an older one that arrives later. */
  sequence: number
  /** Of the last notification: a reset names it. */
  messageId: number | undefined
  unconfirmed: number
  /** Instant (of `performance.now()`) at which the client was last known to listen. */
  confirmedAt: number
}

/** An endpoint with at least one observer. */
export type Peer = Endpoint & {
  readonly observers: Observer[]
  /** When the next notification may leave. */
  readonly pace: Pace<Observer>
  /** Of the last message that was sent to it, other than acknowledgements. */
  messageId: number
  /** Resets and acknowledgements of messages that are not known, since the last notification. */
  strays: number
  /** The one confirmable notification that may be under way, and whether its state has changed since. */
  outstanding:
    | { readonly observer: Observer; readonly confirmation: Confirmation; stale: boolean }
    | undefined
}

const MAX_PER_ENDPOINT = 8
const MAX_IN_ALL = 100_000

/** All observers, found by resource for sending and by endpoint for receiving. */
export class Observers {
  readonly #peers = new Map<string, Peer>()
  readonly #ofResource = new Map<Resource, Set<Observer>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  peer(endpoint: Endpoint): Peer | undefined {
    return this.#peers.get(key(endpoint))
  }

  of(resource: Resource): Iterable<Observer> {
    return this.#ofResource.get(resource) ?? []
  }

  *all(): Generator<Observer> {
    for (const peer of this.#peers.values()) yield* [...peer.observers]
  }

  /** A token is one of its security context: a request without it reaches no observation under it. */
  find(endpoint: Endpoint, token: Buffer, exchange?: Exchange): Observer | undefined {
    return this.peer(endpoint)?.observers.find(
      (observer) => observer.token.equals(token) && observer.exchange?.context === exchange?.context,
    )
  }

  /**
   * Takes the place of an observer with the same token; `undefined` when there are too many.
   * @param newPeer makes the record of an endpoint that has no observer yet
   */
  add(
    endpoint: Endpoint,
    { device, token, resource, accept, block, exchange }: Interest,
    newPeer: () => Peer,
  ): Observer | undefined {
    const former = this.find(endpoint, token, exchange)
    const peer = this.peer(endpoint) ?? newPeer()
    if (former) this.remove(former)
    if (peer.observers.length >= MAX_PER_ENDPOINT || this.#count >= MAX_IN_ALL) return undefined
    const observer: Observer = {
      peer,
      device,
      // A copy: the token is a view of its datagram, which would be kept with it.
      token: Buffer.from(token),
      resource,
      accept,
      block,
      exchange,
      sequence: observeNumber(former?.sequence),
      messageId: undefined,
      unconfirmed: 0,
      confirmedAt: performance.now(),
    }
    peer.observers.push(observer)
    this.#peers.set(key(endpoint), peer)
    const others = this.#ofResource.get(resource)
    if (others) others.add(observer)
    else this.#ofResource.set(resource, new Set([observer]))
    this.#count++
    return observer
  }

  remove(observer: Observer): void {
    const { peer, resource } = observer
    const at = peer.observers.indexOf(observer)
    if (at < 0) return
    peer.observers.splice(at, 1)
    peer.pace.drop(observer)
    if (peer.outstanding?.observer === observer) {
      peer.outstanding.confirmation.end()
      peer.outstanding = undefined
    }
    if (peer.observers.length === 0) this.#peers.delete(key(peer))
    const others = this.#ofResource.get(resource)
    others?.delete(observer)
    if (others?.size === 0) this.#ofResource.delete(resource)
    this.#count--
  }
}

/** A client that uses two addresses of this server has two sets of observations. */
const key = (endpoint: Endpoint): string =>
  endpoint.local === undefined ? endpointKey(endpoint) : `${endpointKey(endpoint)} ${endpoint.local.address}`
