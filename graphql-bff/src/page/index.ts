import { STATIC_METHODS, staticAnswer } from '@harbor/shared-edge/static'
import { IMMUTABLE, MUST_REVALIDATE } from '@harbor/shared-edge/static/file'
import type { Route } from '../http/route.ts'
import type { Page } from './files.ts'

/** Files that the build names by a hash of their content, so their address changes with the content. */
const HASHED = /^\/assets\/[\w-]+-[\w-]{8}\.\w+$/

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
  const answer = staticAnswer({
    ...document,
    cacheControl: MUST_REVALIDATE,
    headers: { 'Content-Security-Policy': contentSecurityPolicy(imagesUrl) },
  })
  return [
    ...addresses.map((path) => ({
      path,
      methods: STATIC_METHODS,
      kind: 'navigation' as const,
      handle: answer,
    })),
    ...[...assets].map(([path, file]) => ({
      path,
      methods: STATIC_METHODS,
      kind: 'asset' as const,
      handle: staticAnswer({ ...file, cacheControl: HASHED.test(path) ? IMMUTABLE : MUST_REVALIDATE }),
    })),
  ]
}
