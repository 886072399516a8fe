import { matchesTag } from '@harbor/shared-edge/entity-tags'
import { preferredCoding } from '@harbor/shared-edge/negotiation'
import type { Context } from 'hono'
import type { Env, Route } from '../route.ts'
import type { Page, PageFile } from './files.ts'

/** The build names these by their content: another content is another address. */
const HASHED = /^\/assets\/[\w-]+-[\w-]{8}\.\w+$/

const IMMUTABLE = 'public, max-age=31536000, immutable'

/** Pictures come from the image service; everything else is our own, and nothing is inline. */
const contentSecurityPolicy = (imagesUrl: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src 'self' ${imagesUrl}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * Every address of the page is answered with the same document, which loads the assets; neither depends on the user.
 * @param imagesUrl the origin of the image service
 */
export function pageRoutes({ document, assets, addresses }: Page, imagesUrl: string): readonly Route[] {
  const policy = contentSecurityPolicy(imagesUrl)
  return [
    ...addresses.map((path) => ({
      path,
      methods: ['GET', 'HEAD'] as const,
      kind: 'navigation' as const,
      handle: (c: Context<Env>) =>
        serve(c, document, { 'cache-control': 'no-cache', 'content-security-policy': policy }),
    })),
    ...[...assets].map(([path, file]) => ({
      path,
      methods: ['GET', 'HEAD'] as const,
      kind: 'asset' as const,
      handle: (c: Context<Env>) =>
        serve(c, file, { 'cache-control': HASHED.test(path) ? IMMUTABLE : 'no-cache' }),
    })),
  ]
}

function serve(c: Context<Env>, file: PageFile, headers: Record<string, string>): Response {
  const br =
    file.br && preferredCoding(c.req.header('accept-encoding'), ['br']) === 'br' ? file.br : undefined
  const etag = `"${file.etag}${br ? '-br' : ''}"`
  const validators = { ...headers, etag, vary: 'accept-encoding' }
  if (matchesTag(c.req.header('if-none-match'), etag)) return c.body(null, 304, validators)
  return c.body(br ?? file.body, 200, {
    ...validators,
    'content-type': file.type,
    ...(br && { 'content-encoding': 'br' }),
  })
}
