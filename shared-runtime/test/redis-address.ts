import { parseRedisUrl, type RedisAddress } from '../src/redis/address.ts'

/** The address in a URL that a test knows to be valid. */
export const addressOf = (url: string): RedisAddress => {
  const address = parseRedisUrl(url)
  if (!address) throw new Error(`not the address of a Redis server: ${url}`)
  return address
}
