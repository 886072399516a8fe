import type { RedisConnection } from '../../redis/connect.ts'
import type { Seal } from '../../seal.ts'
import type { LeasedRecords, RecordSettings } from './leased-records.ts'
import { memoryRecords } from './memory.ts'
import { redisRecords } from './redis.ts'

export type { LeasedRecords } from './leased-records.ts'

type Options = RecordSettings & {
  /** Undefined: the records are in the memory of this process and end with it. */
  redis: RedisConnection | undefined
  namespace: string
  seal: Seal
}

/** Leased records, in Redis for all replicas or in memory. */
export const openRecords = ({ redis, namespace, seal, ...settings }: Options): LeasedRecords =>
  redis ? redisRecords({ connection: redis, namespace, seal, ...settings }) : memoryRecords(settings)
