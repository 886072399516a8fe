import { createParser } from 'eventsource-parser'

type Message = { readonly id: string | undefined; readonly event: string | undefined; readonly data: unknown }

/** Reads server-sent events as they come. */
export function readEvents({ body }: Response) {
  if (!body) throw new TypeError('the answer has no body')
  const messages: Message[] = []
  const seen = { comments: 0, retry: undefined as number | undefined, isOver: false }
  const parser = createParser({
    onEvent: ({ id, event, data }) =>
      messages.push({ id, event, data: data === '' ? undefined : JSON.parse(data) }),
    onComment: () => seen.comments++,
    onRetry: (ms) => {
      seen.retry = ms
    },
  })
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      parser.feed(value)
    }
  }
  read()
    .catch(() => {})
    .finally(() => {
      seen.isOver = true
    })
  return {
    messages,
    seen,
    /** What each message says. */
    get data() {
      return messages.map(({ data }) => data)
    },
    get lastId() {
      return messages.findLast(({ id }) => id !== undefined)?.id
    },
    leave: () => reader.cancel(),
  }
}
