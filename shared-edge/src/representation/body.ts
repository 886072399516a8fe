import { etagOf } from '../caching/etag.ts'
import { type Coding, compressionOf, LEAST_BYTES } from './codings.ts'

/** An answer in one coding. Its tag is known without compressing: who has it already costs no more than a hash. */
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

  /** As they are sent; compressed when they are first asked for. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return (this.#bytes ??= new Uint8Array(compressionOf(this.coding)?.compress(this.#plain) ?? this.#plain))
  }
}

/** The bytes of an answer, and what each coding makes of them: done once, when it is first asked for. */
export class Body {
  readonly #plain: Uint8Array
  readonly #encoded = new Map<Coding, Encoded>()

  constructor(plain: Uint8Array) {
    this.#plain = plain
  }

  /** Whether it is large enough for a coding: whether the answer depends on what codings are accepted. */
  get compressible(): boolean {
    return this.#plain.byteLength >= LEAST_BYTES
  }

  /** As it is sent to who accepts this coding. */
  as(wanted: Coding): Encoded {
    const coding = this.compressible ? wanted : 'identity'
    let encoded = this.#encoded.get(coding)
    if (!encoded) this.#encoded.set(coding, (encoded = new Encoded(this.#plain, coding)))
    return encoded
  }
}
