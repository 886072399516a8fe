import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { decode } from 'cborg'
import { describe, expect, it } from 'vitest'
import { SCREENS } from '../../src/screens/index.ts'
import { sampleOf, useMobile } from '../mobile.ts'

const DECODERS = {
  identity: (bytes: Buffer) => bytes,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  gzip: gunzipSync,
} as const
const CODINGS = Object.keys(DECODERS) as (keyof typeof DECODERS)[]
/** What belongs to one answer alone, and differs from one to the next. */
const VOLATILE = new Set(['age', 'cache-status', 'x-trace-id', 'server-timing', 'date'])
/** What describes a body, or says what a browser may do with it: a 304 has none. */
const OF_THE_BODY = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'content-security-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'x-content-type-options',
])

const mobile = useMobile({ cached: true })

/** An answer that is whole: beside other tests a source may be late once. */
async function ask(url: string, headers: Record<string, string>, method = 'GET') {
  const authorization = `Bearer ${mobile.demo.mobileAccessToken}`
  for (let attempt = 0; ; attempt++) {
    const answer = await mobile.app.request(url, { method, headers: { authorization, ...headers } })
    if (attempt === 5 || !(answer.headers.has('x-degraded') || answer.status > 500))
      return {
        status: answer.status,
        headers: answer.headers,
        bytes: Buffer.from(await answer.arrayBuffer()),
      }
  }
}

const fixed = (headers: Headers, without: ReadonlySet<string> = new Set()) =>
  Object.fromEntries([...headers].filter(([name]) => !VOLATILE.has(name) && !without.has(name)))

// Every screen that is listed: a new one is here by itself.
describe.each(SCREENS.map((screen) => [screen.name, sampleOf(screen)] as const))('%s', (_, url) => {
  describe.each(['application/json', 'application/cbor'])('as %s', (accept) => {
    it.each(CODINGS)('in %s is a 200 or a 304 as the condition says', async (coding) => {
      const asked = { accept, 'accept-encoding': coding }
      const first = await ask(url, asked)
      const etag = first.headers.get('etag') ?? ''
      expect([first.status, etag]).toEqual([200, expect.stringMatching(/^"(\d+\.)?[\w-]{22}"$/)])
      expect(first.headers.get('content-length')).toBe(String(first.bytes.length))
      expect(first.headers.get('content-type')).toBe(accept)

      const other = await ask(url, { accept, 'accept-encoding': coding === 'br' ? 'gzip' : 'br' })
      const othersTag = other.headers.get('etag') ?? ''
      // A small answer has one form whatever is accepted, and does not say that it varies.
      const coded = first.headers.get('vary')?.includes('Accept-Encoding') ?? false
      expect(othersTag !== etag).toBe(coded)
      expect(first.headers.get('content-encoding')).toBe(coded && coding !== 'identity' ? coding : null)
      const plain = await ask(url, { accept })
      expect((coded ? DECODERS[coding] : DECODERS.identity)(first.bytes).equals(plain.bytes)).toBe(true)

      for (const method of ['GET', 'HEAD'])
        for (const [condition, status] of [
          [undefined, 200],
          [etag, 304],
          [`"x,y", ${etag}, W/"z"`, 304],
          [`W/${etag}`, 304],
          ['*', 304],
          ['"stale"', 200],
          [`junk ${etag}`, 200],
          [othersTag, coded ? 200 : 304],
        ] as const) {
          const about = `${method} ${coding} If-None-Match: ${condition}`
          const conditions = condition === undefined ? {} : { 'if-none-match': condition }
          const answer = await ask(url, { ...asked, ...conditions }, method)
          expect(answer.status, about).toBe(status)
          const body = status === 200 && method === 'GET' ? first.bytes : Buffer.alloc(0)
          expect(answer.bytes.equals(body), about).toBe(true)
          const same = fixed(first.headers, status === 304 ? OF_THE_BODY : undefined)
          expect(fixed(answer.headers), about).toEqual(same)
        }
    })
  })

  it('is the same values in both media types, in the same bytes each time, under tags of their own', async () => {
    const json = await ask(url, { accept: 'application/json' })
    const cbor = await ask(url, { accept: 'application/cbor' })
    const again = await ask(`${url}${url.includes('?') ? '&' : '?'}format=cbor`, {})
    expect(decode(cbor.bytes)).toEqual(JSON.parse(json.bytes.toString()))
    expect(again.bytes.equals(cbor.bytes)).toBe(true)
    expect(cbor.headers.get('etag')).not.toBe(json.headers.get('etag'))
  })
})
