import { promisify } from 'node:util'
import {
  brotliCompress,
  brotliCompressSync,
  constants,
  gzip,
  gzipSync,
  zstdCompress,
  zstdCompressSync,
} from 'node:zlib'

/** Smaller answers are sent uncompressed: the headers of a coding would outweigh its savings. */
export const LEAST_BYTES = 512

// Measured on screens of 1 to 10 KB: about 0.1 ms each. The highest quality would save another 10 % but take 30 times
// as long, for an answer that is stored for a minute.
const BROTLI_QUALITY = 5
const ZSTD_LEVEL = 9
const GZIP_LEVEL = 6

type Compression = {
  compress: (bytes: Uint8Array) => Uint8Array
  /** The same on a thread of its own: for files, which may take longer than a request may wait. */
  compressAside: (bytes: Uint8Array) => Promise<Uint8Array>
  /** What the compressed bytes depend on beside the plain ones. */
  by: string
}

const brotliOptions = ({ byteLength }: Uint8Array) => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: byteLength,
  },
})
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }
const GZIP_OPTIONS = { level: GZIP_LEVEL }
const brotliAside = promisify(brotliCompress)
const zstdAside = promisify(zstdCompress)
const gzipAside = promisify(gzip)

/** Content codings (RFC 9110, 8.4.1), the smallest first: of those that are as welcome the first is taken. */
const COMPRESSIONS = {
  br: {
    compress: (bytes) => brotliCompressSync(bytes, brotliOptions(bytes)),
    compressAside: (bytes) => brotliAside(bytes, brotliOptions(bytes)),
    by: `br ${process.versions.brotli} ${BROTLI_QUALITY}`,
  },
  zstd: {
    compress: (bytes) => zstdCompressSync(bytes, ZSTD_OPTIONS),
    compressAside: (bytes) => zstdAside(bytes, ZSTD_OPTIONS),
    by: `zstd ${process.versions.zstd} ${ZSTD_LEVEL}`,
  },
  gzip: {
    compress: (bytes) => gzipSync(bytes, GZIP_OPTIONS),
    compressAside: (bytes) => gzipAside(bytes, GZIP_OPTIONS),
    by: `gzip ${process.versions.zlib} ${GZIP_LEVEL}`,
  },
} as const satisfies Record<string, Compression>

export type Coding = keyof typeof COMPRESSIONS | 'identity'

/** In order of preference. */
export const CODINGS = Object.keys(COMPRESSIONS) as (keyof typeof COMPRESSIONS)[]

/** The compression of a coding; none for `identity`. */
export const compressionOf = (coding: Coding): Compression | undefined =>
  coding === 'identity' ? undefined : COMPRESSIONS[coding]
