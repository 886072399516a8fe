import type { Plugin } from 'graphql-yoga'

/** GraphiQL is Yoga's own page: it has inline scripts, and loads the rest of itself from its publisher. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self' 'unsafe-inline' blob: data: https://unpkg.com https://raw.githubusercontent.com; frame-ancestors 'none'"

/** Lets GraphiQL work. For development only: in production there is no such page. */
export const useGraphiqlPolicy = (): Plugin => ({
  onResponse({ response }) {
    if (response.headers.get('content-type')?.startsWith('text/html'))
      response.headers.set('content-security-policy', CONTENT_SECURITY_POLICY)
  },
})
