import type { Resource } from '../flag-store.ts'
import type { Confirmation } from './coap-confirmation.ts'
import type { Endpoint } from './coap-endpoint.ts'

/** What a client asked to be told of. */
export type Interest = {
  /** The id of who asked. */
  readonly device: string
  readonly token: Buffer
  readonly resource: Resource
  readonly accept: number | undefined
}

/** A client's interest in a resource, and how far it has been told. */
export type Observer = Interest & {
  readonly peer: Peer
  /** Of the last notification: by it the client tells an older one that arrives later. */
  sequence: number
  /** Of the last notification: a reset names it. */
  messageId: number | undefined
  unconfirmed: number
  /** Instant (of `performance.now()`) at which the client was last known to listen. */
  confirmedAt: number
}

/** An address with at least one observer. */
export type Peer = Endpoint & {
  readonly observers: Observer[]
  /** The one confirmable notification that may be under way, and whether its state is another by now. */
  outstanding:
    | { readonly observer: Observer; readonly confirmation: Confirmation; stale: boolean }
    | undefined
}

const MAX_PER_ENDPOINT = 8
const MAX_IN_ALL = 100_000

/** Who observes what, found by resource for what is sent and by address for what is received. */
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

  find(endpoint: Endpoint, token: Buffer): Observer | undefined {
    return this.peer(endpoint)?.observers.find((observer) => observer.token.equals(token))
  }

  /** Takes the place of an observer with the same token; `undefined` when there are too many. */
  add(endpoint: Endpoint, { device, token, resource, accept }: Interest): Observer | undefined {
    const former = this.find(endpoint, token)
    if (former) this.remove(former)
    const peer = this.peer(endpoint) ?? { ...endpoint, observers: [], outstanding: undefined }
    if (peer.observers.length >= MAX_PER_ENDPOINT || this.#count >= MAX_IN_ALL) return undefined
    const observer: Observer = {
      peer,
      device,
      // A copy: the token is a view of its datagram, which would be kept with it.
      token: Buffer.from(token),
      resource,
      accept,
      sequence: (former?.sequence ?? 0) + 1,
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

const key = ({ address, port }: Endpoint): string => `${address} ${port}`
