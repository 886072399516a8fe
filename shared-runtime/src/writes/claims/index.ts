import type { RedisConnection } from '../../redis/connect.ts'
import type { Claims } from './claims.ts'
import { memoryClaims } from './memory.ts'
import { redisClaims } from './redis.ts'

export type { Claim, Claims } from './claims.ts'

type Options = {
  /** Without it, the claims exist in this process only and end with it. */
  redis: RedisConnection | undefined
  /** What is claimed. Not the name of a process: different processes share the claims. */
  namespace: string
}

/** Claims, in Redis for all processes or in memory. */
export const openClaims = ({ redis, namespace }: Options): Claims =>
  redis ? redisClaims(redis, namespace) : memoryClaims()
