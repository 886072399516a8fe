import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import Negotiator from 'negotiator'
import sharp, { type Sharp } from 'sharp'
import { drawingAt } from './drawing.ts'

export const IMAGE_PATTERNS = [{ method: 'GET', path: '/p/{id}/{picture}' }] as const

/** Widths in pixels that are drawn; a width in between gets the next one, so that caches hold few variants. */
const WIDTHS = [64, 96, 120, 160, 240, 320, 480, 640, 960, 1280, 1920, 2400] as const
const DEFAULT_WIDTH = 640

/** The first is what a client gets that accepts everything alike. */
const FORMATS = ['image/jpeg', 'image/webp', 'image/avif'] as const
type Format = (typeof FORMATS)[number]

const ENCODERS: Record<Format, (image: Sharp) => Sharp> = {
  'image/jpeg': (image: Sharp) => image.jpeg({ quality: 82 }),
  'image/webp': (image: Sharp) => image.webp({ quality: 80, effort: 2 }),
  // More effort saves a tenth of the bytes and costs ten times the CPU.
  'image/avif': (image: Sharp) => image.avif({ quality: 55, effort: 1 }),
}
type Wanted = { svg: string; width: number; format: Format }
type Picture = { bytes: Buffer; etag: string }

/** A year, and never revalidated: the address holds a hash of what the picture shows. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const MAX_CACHED_BYTES = 64 * 1024 * 1024

/**
 * The image service: draws the picture of a product at the width and in the format asked for. It is open to
 * every browser, as the content delivery network of a shop is.
 *
 * `GET /p/{id}/{number}-{hash}?w=320` with `Accept`: 200 with AVIF, WebP or JPEG; 304; 400 for a width
 * that is none; 404 for a picture that is not there or does not look like that any more; 405; 406.
 */
export function imageListener(): RequestListener {
  const pictures = new LRUCache<string, Picture, Wanted>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: ({ bytes }) => bytes.length,
    // Requests for the same picture at the same time share one drawing.
    fetchMethod: (_key, _stale, { context }) => draw(context),
  })
  return async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://images')
    const svg = drawingAt(pathname)
    if (!svg) return refuse(response, 404, 'NOT_FOUND', 'no such picture')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return refuse(response, 405, 'METHOD_NOT_ALLOWED', 'allowed: GET, HEAD')
    }
    const width = widthOf(searchParams.get('w'))
    if (width === undefined) return refuse(response, 400, 'INVALID_ARGUMENT', 'w: a width from 1 to 2400')
    const format = FORMATS.find((known) => known === new Negotiator(request).mediaType([...FORMATS]))
    if (!format) return refuse(response, 406, 'NOT_ACCEPTABLE', `allowed: ${FORMATS.join(', ')}`)
    const context = { svg, width, format }
    send(request, response, format, await pictures.forceFetch(`${pathname} ${width} ${format}`, { context }))
  }
}

/** The smallest width drawn that is as wide as asked for; `undefined` for what is no width. */
function widthOf(given: string | null): number | undefined {
  if (given === null) return DEFAULT_WIDTH
  if (!/^[1-9]\d{0,3}$/.test(given)) return undefined
  return WIDTHS.find((width) => width >= Number(given))
}

async function draw({ svg, width, format }: Wanted): Promise<Picture> {
  const image = sharp(Buffer.from(svg), { density: (72 * width) / 400 }).resize(width, width)
  const bytes = await ENCODERS[format](image).toBuffer()
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` }
}

function send(request: IncomingMessage, response: ServerResponse, format: Format, { bytes, etag }: Picture) {
  response.setHeader('cache-control', FOR_EVER)
  response.setHeader('vary', 'Accept')
  response.setHeader('etag', etag)
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('cross-origin-resource-policy', 'cross-origin')
  response.setHeader('x-content-type-options', 'nosniff')
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end()
  response.writeHead(200, { 'content-type': format, 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ error: { code, message } }))
}
