import { LRUCache } from 'lru-cache'

const MOST = 50_000

/**
 * Which URLs a CDN was told that it may keep, by the tags of their answers: for one that cannot purge by tag.
 * @param forget called with a URL that is no longer known here: the CDN must forget it as well
 */
export function announcedUrls(forget: (url: string) => void) {
  const byTag = new Map<string, Set<string>>()
  const known = new LRUCache<string, readonly string[]>({
    max: MOST,
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
    /** @param url path and query, as the CDN was asked */
    add(url: string, tags: readonly string[]): void {
      if (known.get(url) === tags) return
      known.set(url, tags)
      for (const tag of tags) {
        const urls = byTag.get(tag)
        if (urls) urls.add(url)
        else byTag.set(tag, new Set([url]))
      }
    },
    /** The URLs of all answers with one of these tags; they are known from now on only when told again. */
    of(tags: readonly string[]): string[] {
      const urls = [...new Set(tags.flatMap((tag) => [...(byTag.get(tag) ?? [])]))]
      for (const url of urls) known.delete(url)
      return urls
    },
  }
}
