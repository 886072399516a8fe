import type { RedisConnection } from '../redis.ts'
import { within } from './redis-guard.ts'

const RETRY_MS = 150
/** A connection that looks open and hears nothing is found out by this. */
const HEARTBEAT_MS = 1_000
const TIMEOUT_MS = 2_000

type Handlers = {
  readonly onMessage: (text: string) => void
  /** Listening has begun, or begun again: what was said before may not have been heard. */
  readonly onGap: () => void
}

/** Listens to a channel, for good: a lost connection is replaced by a new one. Returns the way to end it. */
export function listen(connection: RedisConnection, channel: string, handlers: Handlers): () => void {
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let end = () => {}

  const open = () => {
    const redis = connection.listener()
    end = () => redis.disconnect()
    redis.on('error', () => {})
    redis.on('message', (_, text) => handlers.onMessage(text))
    const beat = async () => {
      await within(redis.ping(), TIMEOUT_MS)
      timer = setTimeout(() => beat().catch(end), HEARTBEAT_MS)
      timer.unref()
    }
    const begin = async () => {
      await redis.connect()
      await redis.subscribe(channel)
      if (closed) return
      handlers.onGap()
      await beat()
    }
    redis.once('end', () => {
      clearTimeout(timer)
      if (closed) return
      timer = setTimeout(open, RETRY_MS)
      timer.unref()
    })
    within(begin(), TIMEOUT_MS).catch(end)
  }

  open()
  return () => {
    closed = true
    clearTimeout(timer)
    end()
  }
}
