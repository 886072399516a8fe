import { readFileSync } from 'node:fs'

export type PageFile = { readonly type: string; readonly content: string }

const FAVICON: PageFile = {
  type: 'image/svg+xml',
  content: `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="6" fill="#0f6b66"/><path d="M12 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0 0v10M9 12h6M6 13.500c.2 3.200 2.800 5.500 6 5.500s5.800-2.300 6-5.500" fill="none" stroke="#fff" stroke-width="1.600" stroke-linecap="round"/></svg>`,
}

/** What the pages load, by its path. */
export const PAGE_FILES: ReadonlyMap<string, PageFile> = new Map([
  [
    '/pages.css',
    { type: 'text/css; charset=utf-8', content: readFileSync(new URL('pages.css', import.meta.url), 'utf8') },
  ],
  ['/favicon.svg', FAVICON],
  ['/favicon.ico', FAVICON],
])

/**
 * The policy of a page: styles and pictures of this origin, nothing else, and its form.
 * @param goesTo where the answer to the form sends the browser: browsers hold redirects against the policy, too
 */
export function pagePolicy(goesTo: unknown): string {
  const target = typeof goesTo === 'string' && URL.canParse(goesTo) ? new URL(goesTo) : undefined
  const origin = target && (target.origin === 'null' ? target.protocol : target.origin)
  return [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self'${origin ? ` ${origin}` : ''}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
