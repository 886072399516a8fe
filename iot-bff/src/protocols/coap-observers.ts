import type { Resource } from '../stock/flag-store.ts'
import type { Wanted } from './coap-answers.ts'
import type { Confirmation } from './coap-confirmation.ts'
import { type Endpoint, endpointKey, type Local } from './coap-endpoint.ts'
import type { Paced } from './coap-pace.ts'
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
export type Observer = Omit<Interest, 'token'> & {
  readonly peer: Peer
  /** Its bytes as characters: a string takes a third of the room of a buffer. */
  readonly token: string
  /** Of the last notification: by it the client recognises an older one that arrives later. */
  sequence: number
  /** Of the last notification: a reset names it. */
  messageId: number | undefined
  unconfirmed: number
  /** Second (of `performance.now()`) at which the client was last known to listen. */
  confirmedAtS: number
}

/** The one confirmable notification that may be under way, and whether its state has changed since. */
type Outstanding = { readonly observer: Observer; readonly confirmation: Confirmation; stale: boolean }

/** An endpoint with at least one observer, and when its next notification may leave. */
export type Peer = Endpoint &
  Paced<Observer> & {
    readonly key: string
    observers: readonly Observer[]
    /** Of the last message that was sent to it, other than acknowledgements. */
    messageId: number
    /** Resets and acknowledgements of messages that are not known, since the last notification. */
    strays: number
    outstanding: Outstanding | undefined
  }

const MAX_PER_ENDPOINT = 8
const MAX_IN_ALL = 100_000

/** All observers, found by resource for sending and by endpoint for receiving. */
export class Observers {
  /** By the address that it is served on: a client that uses two has two sets of observations. */
  readonly #peers = new Map<Local | undefined, Map<string, Peer>>()
  readonly #ofResource = new Map<Resource, Set<Observer>>()
  #count = 0

  get count(): number {
    return this.#count
  }

  peer(endpoint: Endpoint): Peer | undefined {
    return this.#peers.get(endpoint.local)?.get(endpointKey(endpoint))
  }

  of(resource: Resource): Iterable<Observer> {
    return this.#ofResource.get(resource) ?? []
  }

  *all(): Generator<Observer> {
    for (const peers of this.#peers.values()) for (const peer of peers.values()) yield* peer.observers
  }

  /** A token is one of its security context: a request without it reaches no observation under it. */
  find(endpoint: Endpoint, token: Buffer, exchange?: Exchange): Observer | undefined {
    const characters = token.toString('latin1')
    return this.peer(endpoint)?.observers.find(
      (observer) => observer.token === characters && observer.exchange?.context === exchange?.context,
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
      token: token.toString('latin1'),
      resource,
      accept,
      block,
      exchange,
      sequence: observeNumber(former?.sequence),
      messageId: undefined,
      unconfirmed: 0,
      confirmedAtS: Math.floor(performance.now() / 1000),
    }
    peer.observers = peer.observers.concat(observer)
    const peers = this.#peers.get(peer.local)
    if (peers) peers.set(peer.key, peer)
    else this.#peers.set(peer.local, new Map([[peer.key, peer]]))
    const others = this.#ofResource.get(resource)
    if (others) others.add(observer)
    else this.#ofResource.set(resource, new Set([observer]))
    this.#count++
    return observer
  }

  remove(observer: Observer): void {
    const { peer, resource } = observer
    if (!peer.observers.includes(observer)) return
    peer.observers = peer.observers.filter((other) => other !== observer)
    peer.waiting?.delete(observer)
    if (peer.outstanding?.observer === observer) {
      peer.outstanding.confirmation.end()
      peer.outstanding = undefined
    }
    if (peer.observers.length === 0) this.#peers.get(peer.local)?.delete(peer.key)
    const others = this.#ofResource.get(resource)
    others?.delete(observer)
    if (others?.size === 0) this.#ofResource.delete(resource)
    this.#count--
  }
}
