import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib'

/** Below so many bytes an answer is sent as it is: the headers of a coding would eat what it saves. */
export const LEAST_BYTES = 512

// Measured on screens of 1 to 10 KB: about 0.1 ms each. The highest quality would save another 10 %, and take
// 30 times as long, for an answer that is kept for a minute.
const BROTLI_QUALITY = 5
const ZSTD_LEVEL = 9
const GZIP_LEVEL = 6

type Compression = {
  compress: (bytes: Uint8Array) => Uint8Array
  /** What the compressed bytes depend on beside the plain ones. */
  by: string
}

/** Content codings (RFC 9110, 8.4.1), the smallest first: of those that are as welcome the first is taken. */
const COMPRESSIONS = {
  br: {
    compress: (bytes) =>
      brotliCompressSync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
        },
      }),
    by: `br ${process.versions.brotli} ${BROTLI_QUALITY}`,
  },
  zstd: {
    compress: (bytes) =>
      zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
    by: `zstd ${process.versions.zstd} ${ZSTD_LEVEL}`,
  },
  gzip: {
    compress: (bytes) => gzipSync(bytes, { level: GZIP_LEVEL }),
    by: `gzip ${process.versions.zlib} ${GZIP_LEVEL}`,
  },
} as const satisfies Record<string, Compression>

export type Coding = keyof typeof COMPRESSIONS | 'identity'

/** In the order in which they are preferred. */
export const CODINGS = Object.keys(COMPRESSIONS) as (keyof typeof COMPRESSIONS)[]

/** The compression of a coding; none for `identity`. */
export const compressionOf = (coding: Coding): Compression | undefined =>
  coding === 'identity' ? undefined : COMPRESSIONS[coding]
