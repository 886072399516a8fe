import { parseRedisUrl, type RedisAddress } from '@harbor/shared-runtime/redis-address'

/** The address in a URL that a test knows to be one. */
export function redisAt(url: string): RedisAddress {
  const address = parseRedisUrl(url)
  if (!address) throw new Error(`${url} is not the address of a Redis`)
  return address
}
