import { addressKey } from '@harbor/shared-edge/limits/address'
import type { Endpoint } from './coap-endpoint.ts'

/** A proof is forgotten after this time: its port may belong to another device by then. */
const REMEMBERED_MS = 30 * 60_000
const MAX_ENDPOINTS = 50_000
/** More than the labels of a shop; whoever has an address has all of its ports. */
const MAX_OF_ADDRESS = 1_000

type Proof = { readonly key: string; readonly network: string; readonly until: number }

/** Endpoints that have proved their address by Echo; the oldest is forgotten first. */
export class ProvenEndpoints {
  readonly #proofs = new Map<string, Proof>()
  /** The proofs of an address: most have one, for which a set would take more room than all the rest. */
  readonly #ofAddress = new Map<string, Proof | Set<Proof>>()

  /** @param key `{address} {port}` */
  has(key: string): boolean {
    const proof = this.#proofs.get(key)
    return proof !== undefined && proof.until > performance.now()
  }

  add(key: string, { address }: Endpoint): void {
    this.#forget(this.#proofs.get(key))
    const network = addressKey(address)
    const siblings = this.#ofAddress.get(network)
    if (siblings instanceof Set && siblings.size >= MAX_OF_ADDRESS)
      this.#forget(siblings.values().next().value)
    if (this.#proofs.size >= MAX_ENDPOINTS) this.#forget(this.#proofs.values().next().value)
    const proof = { key, network, until: Math.ceil(performance.now() + REMEMBERED_MS) }
    this.#proofs.set(key, proof)
    const others = this.#ofAddress.get(network)
    if (others === undefined) this.#ofAddress.set(network, proof)
    else if (others instanceof Set) others.add(proof)
    else this.#ofAddress.set(network, new Set([others, proof]))
  }

  get size(): number {
    return this.#proofs.size
  }

  #forget(proof: Proof | undefined): void {
    if (proof === undefined) return
    this.#proofs.delete(proof.key)
    const others = this.#ofAddress.get(proof.network)
    if (others instanceof Set && others.size > 1) others.delete(proof)
    else this.#ofAddress.delete(proof.network)
  }
}
