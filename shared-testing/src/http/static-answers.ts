import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

const DECODERS = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync } as const
/** From this size on compression pays; images are compressed by themselves. */
const LEAST_BYTES = 512
const IS_TEXT = /^text\/|[/+](?:json|xml|javascript)/

type App = { request: (path: string, init?: RequestInit) => Response | Promise<Response> }

/** One suite for every static answer of every process (RFC 9110, 12.5.3, 13 and 15.5.6). */
export function holdsStaticAnswers(name: string, app: () => App, paths: readonly string[]): void {
  describe.each(paths)(`${name}: %s`, (path) => {
    const ask = async (headers: Record<string, string> = {}, method = 'GET') => {
      const answer = await app().request(path, { method, headers })
      return {
        status: answer.status,
        header: (name: string) => answer.headers.get(name),
        bytes: Buffer.from(await answer.arrayBuffer()),
      }
    }

    test('is compressed as the consumer accepts it, under an ETag of each coding', async () => {
      const plain = await ask()
      expect([plain.status, plain.header('content-encoding')]).toEqual([200, null])
      const isText = IS_TEXT.test(plain.header('content-type') ?? '')
      const coded = isText && plain.bytes.length >= LEAST_BYTES
      const tags = new Set([plain.header('etag')])
      for (const [coding, decode] of Object.entries(DECODERS)) {
        const answer = await ask({ 'accept-encoding': coding })
        tags.add(answer.header('etag'))
        expect(answer.header('content-encoding')).toBe(coded ? coding : null)
        expect(answer.header('vary')).toBe(coded ? 'Accept-Encoding' : null)
        expect(answer.header('content-length')).toBe(String(answer.bytes.length))
        expect((coded ? decode(answer.bytes) : answer.bytes).equals(plain.bytes)).toBe(true)
        const refused = await ask({ 'accept-encoding': `${coding};q=0` })
        expect(refused.header('content-encoding')).toBeNull()
      }
      expect(tags.size).toBe(coded ? 4 : 1)
      for (const tag of tags) expect(tag).toMatch(/^"[\w-]{22}"$/)
    })

    test.each(['identity', 'br', 'gzip'])('in %s answers conditional requests', async (coding) => {
      const asked = { 'accept-encoding': coding }
      const first = await ask(asked)
      const etag = first.header('etag') ?? ''
      for (const method of ['GET', 'HEAD'])
        for (const [condition, status] of [
          [{}, 200],
          [{ 'if-none-match': etag }, 304],
          [{ 'if-none-match': `"x,y", W/${etag}` }, 304],
          [{ 'if-none-match': '*' }, 304],
          [{ 'if-none-match': '"other"' }, 200],
          [{ 'if-match': etag }, 200],
          [{ 'if-match': '"other"' }, 412],
        ] as const) {
          const answer = await ask({ ...asked, ...condition }, method)
          const about = `${method} ${JSON.stringify(condition)}`
          expect(answer.status, about).toBe(status)
          if (status === 412) continue
          for (const header of ['etag', 'vary', 'cache-control'])
            expect(answer.header(header), about).toBe(first.header(header))
          const hasBody = status === 200 && method === 'GET'
          expect(answer.bytes.equals(hasBody ? first.bytes : Buffer.alloc(0)), about).toBe(true)
          if (status === 200) expect(answer.header('content-length'), about).toBe(String(first.bytes.length))
          else expect(answer.header('content-type'), about).toBeNull()
        }
    })

    test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
      const answer = await ask({}, method)
      expect([answer.status, answer.header('allow')]).toEqual([405, 'GET, HEAD'])
    })
  })
}
