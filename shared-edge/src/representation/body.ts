import { etagOf } from '../caching/etag.ts'
import { type Coding, compressionOf, LEAST_BYTES } from './codings.ts'

/** An answer in one coding. Its tag is computed without compressing, so a 304 costs no more than a hash. */
class Encoded {
  readonly coding: Coding
  readonly etag: string
  readonly #plain: Uint8Array
  #bytes: Uint8Array<ArrayBuffer> | undefined

  constructor(plain: Uint8Array, coding: Coding) {
    this.#plain = plain
    this.coding = coding
    this.etag = etagOf(plain, compressionOf(coding)?.by)
  }

  /** The bytes to send; compressed on first use. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return (this.#bytes ??= new Uint8Array(compressionOf(this.coding)?.compress(this.#plain) ?? this.#plain))
  }
}

/** The bytes of an answer and its codings, each computed once, on first use. */
export class Body {
  readonly #plain: Uint8Array
  readonly #encoded = new Map<Coding, Encoded>()

  constructor(plain: Uint8Array) {
    this.#plain = plain
  }

  /** Whether it is large enough for a coding, and so depends on the accepted codings. */
  get compressible(): boolean {
    return this.#plain.byteLength >= LEAST_BYTES
  }

  /** The form to send to a consumer that accepts this coding. */
  as(wanted: Coding): Encoded {
    const coding = this.compressible ? wanted : 'identity'
    let encoded = this.#encoded.get(coding)
    if (!encoded) this.#encoded.set(coding, (encoded = new Encoded(this.#plain, coding)))
    return encoded
  }
}
