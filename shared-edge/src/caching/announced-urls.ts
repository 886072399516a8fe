import { boundedLru } from '@harbor/shared-runtime/cache/bounded-lru'

const MOST = 50_000

/**
 * The URLs that a CDN may have stored, by the tags of their answers: for a CDN that cannot purge by tag.
 * @param forget called with an evicted URL, which the CDN must then purge as well
 */
export function announcedUrls(forget: (url: string) => void) {
  const byTag = new Map<string, Set<string>>()
  const known = boundedLru<string, readonly string[]>(MOST, {
    dispose(tags, url, reason) {
      for (const tag of tags) {
        const urls = byTag.get(tag)
        urls?.delete(url)
        if (urls?.size === 0) byTag.delete(tag)
      }
      if (reason === 'evict') forget(url)
    },
  })

  return {
    /** @param url path and query, as requested by the CDN */
    add(url: string, tags: readonly string[]): void {
      if (known.get(url) === tags) return
      known.set(url, tags)
      for (const tag of tags) {
        const urls = byTag.get(tag)
        if (urls) urls.add(url)
        else byTag.set(tag, new Set([url]))
      }
    },
    /** Removes and returns the URLs of all answers with one of these tags. */
    of(tags: readonly string[]): string[] {
      const urls = [...new Set(tags.flatMap((tag) => [...(byTag.get(tag) ?? [])]))]
      for (const url of urls) known.delete(url)
      return urls
    },
  }
}
