import type { RedisConnection } from '../redis/connect.ts'
import { withTimeout } from './redis-guard.ts'

const RETRY_MS = 150
/** Interval of a ping that detects a half-open connection. */
const HEARTBEAT_MS = 1_000
const TIMEOUT_MS = 2_000

type Handlers = {
  readonly onMessage: (text: string) => void
  /** Called when listening starts or restarts: earlier messages may have been missed. */
  readonly onGap: () => void
}

/** Subscribes to a channel and reconnects when the connection is lost. Returns a function that ends it. */
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
      await withTimeout(redis.ping(), TIMEOUT_MS)
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
    withTimeout(begin(), TIMEOUT_MS).catch(end)
  }

  open()
  return () => {
    closed = true
    clearTimeout(timer)
    end()
  }
}
