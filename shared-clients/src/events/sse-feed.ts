import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createParser } from 'eventsource-parser'
import { openEventStream } from '../call/outbound.ts'
import { type EventFeed, type FeedItem, tooOld, unavailable } from './feed.ts'

/** Characters of one message; the largest legitimate one has a few hundred. */
const MAX_MESSAGE = 256 * 1024

/**
 * Domain events as server-sent events over HTTP: `Last-Event-ID` resumes, 410 says that it cannot; comments are
 * signs of life. A message named `ready` holds nothing but the id from which the feed goes on.
 */
export function sseFeed({ url }: { url: string }): EventFeed {
  const { origin, pathname, search } = new URL(url)
  return {
    name: 'sse',
    async *subscribe({ after, signal }) {
      // A connection of its own, destroyed at the end. How long silence may last is the follower's business.
      const client = openEventStream(origin)
      try {
        const { statusCode, headers, body } = await client.request({
          method: 'GET',
          path: pathname + search,
          headers: {
            accept: 'text/event-stream',
            'cache-control': 'no-store',
            ...(after !== undefined && { 'last-event-id': after }),
          },
          signal,
        })
        if (statusCode === 410 && after !== undefined) throw tooOld(after)
        const type = String(headers['content-type'])
        if (statusCode !== 200 || !type.startsWith('text/event-stream'))
          throw unavailable(`answered ${statusCode} ${type} instead of an event stream`)
        yield { kind: 'alive' }
        yield* messages(body)
      } catch (error) {
        if (error instanceof UpstreamError) throw error
        throw signal.aborted ? signal.reason : unavailable('the stream is lost', { cause: error })
      } finally {
        // Not awaited: a peer that is gone must not hold up the next connection.
        void client.destroy()
      }
    },
  }
}

async function* messages(body: AsyncIterable<Buffer>): AsyncGenerator<FeedItem> {
  let parsed: FeedItem[] = []
  let failure: Error | undefined
  const parser = createParser({
    maxBufferSize: MAX_MESSAGE,
    onComment: () => parsed.push({ kind: 'alive' }),
    onEvent({ id, event = 'message', data }) {
      if (event === 'ready') parsed.push({ kind: 'alive', ...(id && { id }) })
      // Without an id it has no place in the feed: it is for another reader of the same stream.
      else if (id) parsed.push({ kind: 'event', id, type: event, data })
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') failure = error
    },
  })
  const text = new TextDecoder()
  for await (const chunk of body) {
    parser.feed(text.decode(chunk, { stream: true }))
    yield* parsed
    parsed = []
    if (failure) throw unavailable('sent a message that is too large', { cause: failure })
  }
}
