import { createParser } from 'eventsource-parser'
import { HEADERS } from '../graph/send.ts'

/** Milliseconds without a byte after which the connection counts as lost: signs of life come every 15 s. */
const SILENCE_MS = 30_000

type Listener = {
  opened: () => void
  event: (name: string | undefined, data: string, id: string | undefined) => void
  /** The server says after how many milliseconds to come back. */
  comeBack: (ms: number) => void
}

/** An answer that is no stream. */
export class Refused extends Error {
  readonly answer: Response
  constructor(answer: Response) {
    super(`answered ${answer.status}`)
    this.answer = answer
  }
}

/**
 * One connection to a stream of events, until it ends. The browser's own EventSource cannot send the header that keeps
 * other sites out.
 * @throws {Refused} when the answer is no stream; else when the connection is lost, or falls silent
 */
export async function readEvents(
  body: unknown,
  lastId: string | undefined,
  signal: AbortSignal,
  on: Listener,
) {
  const silence = new AbortController()
  const fallsSilent = () => silence.abort(new Error(`nothing came for ${SILENCE_MS} ms`))
  let timer = setTimeout(fallsSilent, SILENCE_MS)
  try {
    const answer = await fetch('/graphql', {
      method: 'POST',
      headers: {
        ...HEADERS,
        accept: 'text/event-stream',
        'content-type': 'application/json',
        ...(lastId !== undefined && { 'last-event-id': lastId }),
      },
      body: JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.any([signal, silence.signal]),
    })
    const type = answer.headers.get('content-type') ?? ''
    if (!answer.ok || !answer.body || !type.startsWith('text/event-stream')) throw new Refused(answer)
    on.opened()
    const parser = createParser({
      onEvent: ({ event, data, id }) => on.event(event, data, id),
      onRetry: on.comeBack,
    })
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(timer)
      timer = setTimeout(fallsSilent, SILENCE_MS)
      parser.feed(value)
    }
  } finally {
    clearTimeout(timer)
  }
}
