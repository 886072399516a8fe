import type { RedisConnection } from '../../redis.ts'
import type { Claims } from './claims.ts'
import { memoryClaims } from './memory.ts'
import { redisClaims } from './redis.ts'

export type { Claim, Claims } from './claims.ts'

type Options = {
  /** None: the claims are this process's alone, and end with it. */
  redis: RedisConnection | undefined
  /** What is claimed. Not the name of a process: those who share it guard the same things. */
  namespace: string
}

/** Claims, in Redis for all processes or in memory. */
export const openClaims = ({ redis, namespace }: Options): Claims =>
  redis ? redisClaims(redis, namespace) : memoryClaims()
