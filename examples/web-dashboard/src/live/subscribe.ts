import type { PersistedOperation } from '../gen/operations.ts'
import { fieldsOf } from '../graph/send.ts'
import { Refused, readEvents } from './events.ts'
import { inSight, pause } from './pause.ts'

/** `off`: nothing will come any more. */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'off'

type Listener<Data> = {
  state: (state: LiveState) => void
  data: (data: Data) => void
  /** Asked at each connection: whether what comes is still for who looks. */
  isFor?: () => Promise<boolean>
}

/** Milliseconds of the first wait before another connection, at most, and of the longest. */
const WAITS = { first: 1_000, longest: 30_000 }

/**
 * Follows a subscription over as many connections as it takes: each goes on after the last event, so that nothing is
 * missed or shown twice. A page that nobody looks at has no connection, of which a browser allows few.
 * @returns ends it
 */
export function subscribe<Data, Variables>(
  { hash }: PersistedOperation<Data, Variables>,
  variables: Variables,
  on: Listener<Data>,
): () => void {
  const ending = new AbortController()
  let lastId: string | undefined
  let failures = 0
  let waitMs: number | undefined
  void follow(ending.signal)
  return () => ending.abort()

  async function follow(signal: AbortSignal): Promise<void> {
    on.state('connecting')
    while (!signal.aborted) {
      await inSight(signal)
      const isOver = await connect(signal)
      if (signal.aborted) return
      if (isOver) return on.state('off')
      on.state('reconnecting')
      await pause(waitMs ?? Math.random() * Math.min(WAITS.longest, WAITS.first * 2 ** failures++), signal)
      waitMs = undefined
    }
  }

  /** One connection; whether it was the last. */
  async function connect(signal: AbortSignal): Promise<boolean> {
    const connection = new AbortController()
    const end = () => connection.abort()
    const look = () => document.visibilityState === 'hidden' && end()
    signal.addEventListener('abort', end)
    document.addEventListener('visibilitychange', look)
    let isOver = false
    let isFor: Promise<boolean> = Promise.resolve(true)
    try {
      await readEvents({ documentId: `sha256:${hash}`, variables }, lastId, connection.signal, {
        opened() {
          failures = 0
          isFor = on.isFor?.() ?? isFor
          on.state('live')
        },
        event(name, data, id) {
          if (name === 'complete') isOver = true
          if (name !== 'next') return
          void isFor.then((yes) => {
            if (!yes || signal.aborted) return
            if (id !== undefined) lastId = id
            show(data)
          })
        },
        comeBack(ms) {
          waitMs = ms
        },
      })
      return isOver
    } catch (error) {
      return error instanceof Refused && (await isFinal(error.answer))
    } finally {
      end()
      signal.removeEventListener('abort', end)
      document.removeEventListener('visibilitychange', look)
    }
  }

  function show(text: string): void {
    const { data } = fieldsOf(JSON.parse(text))
    if (isData<Data>(data)) on.data(data)
  }
}

/** The shape is the BFF's promise, as with every operation. */
const isData = <Data>(data: unknown): data is Data => typeof data === 'object' && data !== null

/** Whether asking again would get the same. */
async function isFinal(answer: Response): Promise<boolean> {
  const json: unknown = await answer.json().catch(() => undefined)
  const { errors, retryable } = fieldsOf(json)
  const [first] = Array.isArray(errors) ? errors : []
  return (fieldsOf(fieldsOf(first).extensions).retryable ?? retryable) === false
}
