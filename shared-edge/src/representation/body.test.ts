import { syncBuiltinESMExports } from 'node:module'
import zlib from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import { preferredCoding } from '../negotiation/index.ts'
import { Body } from './body.ts'
import { CODINGS, LEAST_BYTES } from './codings.ts'

describe('a body', () => {
  it('has its tag before it is compressed', () => {
    const compress = vi.spyOn(zlib, 'brotliCompressSync')
    syncBuiltinESMExports()
    const sent = new Body(Buffer.alloc(LEAST_BYTES, 'a')).as('br')
    expect([sent.etag.length, compress.mock.calls.length]).toEqual([24, 0])
    expect([sent.bytes, sent.bytes].map(({ byteLength }) => byteLength < LEAST_BYTES)).toEqual([true, true])
    expect(compress).toHaveBeenCalledOnce()
    compress.mockRestore()
    syncBuiltinESMExports()
  })

  it('is compressed once per coding, at the first request that accepts it', () => {
    const body = new Body(Buffer.alloc(LEAST_BYTES, 'a'))
    expect(body.as('br')).toBe(body.as('br'))
    expect(body.as('br').bytes.byteLength).toBeLessThan(LEAST_BYTES)
    expect(new Set([body.as('br').etag, body.as('gzip').etag, body.as('identity').etag]).size).toBe(3)
  })

  it('that is small is never compressed', () => {
    const body = new Body(Buffer.alloc(LEAST_BYTES - 1, 'a'))
    expect(body.as('br')).toBe(body.as('identity'))
    expect(body.compressible).toBe(false)
  })
})

describe('Accept-Encoding', () => {
  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'br'],
    ['GZIP', 'gzip'],
    ['gzip, br;q=0.5', 'gzip'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['br;q=0, *', 'zstd'],
    ['*;q=0', 'identity'],
    ['identity;q=0, x-gzip;q=0.1', 'gzip'],
    ['gzip\t;\tq=0, zstd', 'zstd'],
    ['*', 'br'],
    ['*;q=0.1, zstd', 'zstd'],
    ['identity, br;q=0.5', 'identity'],
    ['identity;q=0.5, br;q=0.5', 'br'],
    ['deflate', 'identity'],
    ['br;q=junk', 'br'],
    [',;=, gzip', 'gzip'],
  ])('%s is answered in %s', (header, coding) => {
    expect(preferredCoding(header, CODINGS)).toBe(coding)
  })
})
