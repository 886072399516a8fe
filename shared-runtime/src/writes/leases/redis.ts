import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { UpstreamError } from '../../errors/errors.ts'
import type { RedisConnection } from '../../redis/connect.ts'
import { redisTrouble } from '../../redis/trouble.ts'
import type { Seal } from '../../seal.ts'
import { type Lease, type LeasedRecords, LeaseLostError, type RecordSettings } from './leased-records.ts'
import { CLAIM, DUE, FORGET, RELEASE, SETTLE, WRITE } from './redis-scripts.ts'

type Options = RecordSettings & {
  connection: RedisConnection
  /** Owner and kind of the records: `rest-mobile-bff:idempotency`. */
  namespace: string
  seal: Seal
}

const Claimed = z.tuple([z.enum(['absent', 'new', 'claimed', 'held', 'settled']), z.string()])
const Done = z.literal([0, 1])
const Keys = z.array(z.string())

/**
 * Leased records that all replicas share. Values are sealed. Every method fails with `UpstreamError`
 * `unavailable` within 100 ms when Redis does not answer.
 */
export function redisRecords({ connection, namespace, seal, keepMs, recovered }: Options): LeasedRecords {
  const index = `{${namespace}}:due`
  // Recovered records share a slot with their index; the others are spread over a cluster.
  const keysOf = (key: string) => (recovered ? [`{${namespace}}:${key}`, index] : [`${namespace}:${key}`])
  const about = (key: string) => `${namespace}:${key}`

  async function ask<T>(script: string, keys: string[], args: (string | number)[], answer: z.ZodType<T>) {
    try {
      return answer.parse(await connection.client.eval(script, keys.length, ...keys, ...args))
    } catch (cause) {
      throw new UpstreamError('redis', 'unavailable', `${namespace}: Redis ${redisTrouble(cause).words}`, {
        cause,
      })
    }
  }
  const change = ({ key, token }: Lease, script: string, ...args: (string | number)[]) =>
    ask(script, keysOf(key), [token, ...args, key], Done)

  async function mustChange(lease: Lease, script: string, ...args: (string | number)[]): Promise<void> {
    if ((await change(lease, script, ...args)) === 0)
      throw new LeaseLostError(`the lease of ${lease.key} is lost`)
  }

  return {
    async claim(key, leaseMs, initial) {
      const token = randomUUID()
      const first = initial === undefined ? '' : seal.seal(initial, about(key))
      const [state, sealed] = await ask(CLAIM, keysOf(key), [token, leaseMs, first, keepMs, key], Claimed)
      if (state === 'absent') return { state }
      const value = seal.open(sealed, about(key))
      if (value === undefined) throw new Error(`${namespace}: sealed with an unknown key, or modified since`)
      if (state === 'held' || state === 'settled') return { state, value }
      return { state: 'claimed', lease: { key, token }, value, isNew: state === 'new' }
    },
    write: (lease, value, leaseMs) => mustChange(lease, WRITE, seal.seal(value, about(lease.key)), leaseMs),
    settle: (lease, value) => mustChange(lease, SETTLE, seal.seal(value, about(lease.key)), keepMs),
    async release(lease, value, dueAfterMs) {
      await change(lease, RELEASE, seal.seal(value, about(lease.key)), dueAfterMs)
    },
    async forget(lease) {
      await change(lease, FORGET)
    },
    due: (limit) => (recovered ? ask(DUE, [index], [limit], Keys) : Promise.resolve([])),
  }
}
