import { LRUCache } from 'lru-cache'

type Options<K extends {}, V extends {}> = Pick<
  LRUCache.OptionsBase<K, V, unknown>,
  'ttl' | 'dispose' | 'perf' | 'ttlResolution'
>

const one = (): number => 1

/**
 * An LRU cache of at most `most` entries that takes memory as it fills. With `max` the library makes room for all of
 * them at once: 2 MB and 10 ms for 50,000, many times in a process, before the first request.
 */
export const boundedLru = <K extends {}, V extends {}>(
  most: number,
  options: Options<K, V> = {},
): LRUCache<K, V> => new LRUCache<K, V>({ ...options, maxSize: most, sizeCalculation: one })
