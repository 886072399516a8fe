import type { Context } from 'hono'
import { requireMatch } from '../caching/preconditions.ts'
import { matchesTag } from '../entity-tags.ts'
import { preferredCoding } from '../negotiation/index.ts'
import { CODINGS } from '../representation/codings.ts'
import { type StaticFile, StoredFile } from './static-file.ts'

/** The methods of every static answer; Hono takes the body off for HEAD. A route refuses others with `Allow`. */
export const STATIC_METHODS = ['GET', 'HEAD'] as const

/**
 * Answers with a file: strong ETag a coding, 304 and 412 for conditional requests, compressed by `Accept-Encoding`.
 * @throws {ProblemError} `PRECONDITION_FAILED`
 * @example
 * const icon = { type: 'image/svg+xml', read: () => readFile(ICON), cacheControl: IMMUTABLE }
 * app.get('/assets/icon-Ab3d_f9x.svg', staticAnswer(icon))
 */
export function staticAnswer(file: StaticFile): (c: Context) => Promise<Response> {
  const stored = new StoredFile(file)
  return async (c) => {
    const { coding, etag, bytes } = await stored.as(preferredCoding(c.req.header('accept-encoding'), CODINGS))
    requireMatch(c.req.header('if-match'), etag)
    const caching = {
      'Cache-Control': file.cacheControl,
      ETag: etag,
      ...((await stored.compressible()) && { Vary: 'Accept-Encoding' }),
    }
    if (matchesTag(c.req.header('if-none-match'), etag)) return c.body(null, 304, caching)
    const body = await bytes()
    return c.body(body, 200, {
      ...file.headers,
      ...caching,
      'Content-Type': file.type,
      'Content-Length': String(body.byteLength),
      ...(coding !== 'identity' && { 'Content-Encoding': coding }),
    })
  }
}
