import { etagOf } from '../caching/etag.ts'
import { type Coding, compressionOf, LEAST_BYTES } from '../representation/codings.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** What is the same for everybody until the next release: a page and its parts, a document, an icon. */
export type StaticFile = {
  /** As in `Content-Type`. */
  readonly type: string
  /** Called when the file is first asked for, and once unless it fails. */
  readonly read: () => Uint8Array | string | Promise<Uint8Array>
  /** `MUST_REVALIDATE`, or `IMMUTABLE` for a path that names its content. */
  readonly cacheControl: string
  /** Further headers, such as a `Content-Security-Policy`. */
  readonly headers?: Readonly<Record<string, string>>
  /** What the build has compressed already, at the cost that a build can afford. */
  readonly compressed?: Readonly<Partial<Record<Exclude<Coding, 'identity'>, Uint8Array>>>
}

/** Stored, and asked for again with its ETag each time it is used. */
export const MUST_REVALIDATE = 'no-cache'

/** For a path with a hash of the content in it: other content has another path. */
export const IMMUTABLE = 'public, max-age=31536000, immutable'

/** Types whose bytes are not compressed by themselves. */
const COMPRESSIBLE = /^text\/|[/+](?:json|xml|javascript)(?:;|$)/

/** A file in one coding, as it is sent. */
type Encoded = { readonly coding: Coding; readonly etag: string; readonly bytes: () => Promise<Bytes> }

/** A file in memory: read once, hashed once a coding, and compressed once a coding when somebody needs the bytes. */
export class StoredFile {
  readonly #file: StaticFile
  readonly #plain: () => Promise<Bytes>
  readonly #encoded = new Map<Coding, Encoded>()

  constructor(file: StaticFile) {
    this.#file = file
    this.#plain = once(async () => {
      const content = await file.read()
      return new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content)
    })
  }

  /** Whether it is sent compressed to a consumer that accepts a coding. */
  async compressible(): Promise<boolean> {
    return COMPRESSIBLE.test(this.#file.type) && (await this.#plain()).byteLength >= LEAST_BYTES
  }

  /** As it is sent to a consumer that accepts this coding. */
  async as(accepted: Coding): Promise<Encoded> {
    const coding = (await this.compressible()) ? accepted : 'identity'
    let encoded = this.#encoded.get(coding)
    if (!encoded) this.#encoded.set(coding, (encoded = this.#encode(coding, await this.#plain())))
    return encoded
  }

  #encode(coding: Coding, plain: Bytes): Encoded {
    const { compressed = {}, headers } = this.#file
    // A browser that gets a 304 keeps the policy that it has: another policy needs another tag.
    const withHeaders = JSON.stringify(headers)
    const built = coding === 'identity' ? undefined : compressed[coding]
    if (built)
      return {
        coding,
        etag: etagOf(built, withHeaders),
        bytes: async () => new Uint8Array(built),
      }
    const compression = compressionOf(coding)
    return {
      coding,
      etag: etagOf(plain, [compression?.by, withHeaders].join(' ')),
      bytes: once(async () => (compression ? new Uint8Array(await compression.compressAside(plain)) : plain)),
    }
  }
}

/** Shares one result among all callers; after a failure the next caller tries again. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined
      throw error
    })
    return loading
  }
}
