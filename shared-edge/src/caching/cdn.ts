import { pause, waitMs } from '@harbor/shared-runtime/follow'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { announcedUrls } from './announced-urls.ts'

/** A cache in front of this process: each answer carries its tags to it, and changes are purged from it. */
export type Cdn = {
  /**
   * Headers for the CDN, of an answer that it may store.
   * @param url path and query, as requested
   */
  announce(url: string, tags: readonly string[]): Record<string, string>
  /** Purges everything with one of these tags. Never waits for the CDN, and never throws. */
  invalidate(tags: readonly string[]): Promise<void>
  readonly part: Part
}

type Options = {
  /** Where purges go. */
  address: string
  /** `tags`: one request with the tags that answers carry as `Surrogate-Key`. `urls`: one request per URL. */
  by: 'tags' | 'urls'
  log: Pick<Log, 'warn'>
}

/** Purges within this time are sent together. */
const GATHER_MS = 50
/** Repeated after this time: an answer may have been on its way into the CDN during the first purge. */
const AGAIN_MS = 1_000
const TIMEOUT_MS = 2_000
/** Keeps a header of tags below common limits; also the number of parallel purges by URL. */
const MOST_AT_ONCE = { tags: 100, urls: 16 }
/** With more purges queued than this, whole kinds are purged instead. */
const MOST_WAITING = 10_000
/** Statuses of a CDN that had nothing to purge. */
const NOT_THERE: ReadonlySet<number> = new Set([404, 412])

/**
 * Keeps a CDN up to date by `PURGE` requests: batched, retried until they succeed, counted in the part's details.
 * @example
 * const cdn = openCdn({ address: 'http://varnish:6081', by: 'tags', log })
 * alsoPurge(cdn)
 */
export function openCdn({ address, by, log }: Options): Cdn {
  const counts = { purged: 0, failed: 0 }
  const ending = new AbortController()
  let waiting = new Set<string>()
  let running: Promise<void> | undefined

  const gather = (names: Iterable<string>) => {
    for (const name of names) waiting.add(name)
    if (by === 'tags' && waiting.size > MOST_WAITING) waiting = new Set([...waiting].map(kindOf))
    running ??= run()
  }
  const urls = announcedUrls((url) => gather([url]))

  async function run(): Promise<void> {
    let failures = 0
    while (waiting.size > 0) {
      if (!ending.signal.aborted) await pause(failures === 0 ? GATHER_MS : waitMs(failures), ending.signal)
      const names = [...waiting].slice(0, MOST_AT_ONCE[by])
      for (const name of names) waiting.delete(name)
      try {
        await send(names)
        counts.purged += names.length
        failures = 0
      } catch (error) {
        counts.failed++
        // While the process ends there is no further retry.
        if (ending.signal.aborted) break
        for (const name of names) waiting.add(name)
        if (failures++ === 0)
          log.warn({ err: error, waiting: waiting.size }, 'CDN purge failed, will be retried')
      }
    }
    running = undefined
  }

  const send = (names: readonly string[]): Promise<unknown> =>
    by === 'tags'
      ? purge(address, { 'Surrogate-Key': names.join(' ') })
      : Promise.all(names.map((url) => purge(new URL(url, address).href, {})))

  return {
    announce(url, tags) {
      if (by === 'tags') return tags.length === 0 ? {} : { 'Surrogate-Key': tags.join(' ') }
      urls.add(url, tags)
      return {}
    },
    async invalidate(tags) {
      const names = by === 'tags' ? tags : urls.of(tags)
      if (names.length === 0) return
      gather(names)
      setTimeout(() => gather(names), AGAIN_MS).unref()
    },
    part: {
      name: 'cdn',
      start: async () => undefined,
      details: () => ({ ...counts, waiting: waiting.size }),
      async stop() {
        ending.abort()
        await running
      },
    },
  }
}

/** `catalog:product` of `catalog:product:p1001`. */
const kindOf = (tag: string): string => tag.split(':', 2).join(':')

async function purge(url: string, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, {
    method: 'PURGE',
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  await answer.body?.cancel()
  if (!answer.ok && !NOT_THERE.has(answer.status)) throw new Error(`PURGE ${url}: ${answer.status}`)
}
