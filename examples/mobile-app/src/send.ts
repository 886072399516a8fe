/** A request as the layers of the client hand it on. */
export type SendInit = { method: string; headers: Headers; body?: string }

/** Sends a request; each layer of the client is one around another. @throws when there is no answer at all */
export type Send = (url: string, init: SendInit) => Promise<Response>

/** What the app may want to know beside its answers. */
export type ClientEvent =
  /** What one request cost. `bytes` is the body that came over the air; none for a 304. */
  | { type: 'exchange'; method: string; url: string; status: number; bytes: number; ms: number }
  /** This version is not served any more: show the way to another. */
  | { type: 'app-too-old'; updateUrl: string | undefined }
  /** What is kept is too old for a delta: throw it away and load the whole. */
  | { type: 'start-over'; url: string }
  /** The token is not accepted: log in. */
  | { type: 'unauthenticated' }
  /** A write of the outbox was done; `answer` is its JSON. */
  | { type: 'write-done'; key: string; path: string; answer: unknown }
  /** A write of the outbox will never be done: tell the user. `reason` is that of a refused checkout. */
  | {
      type: 'write-refused'
      key: string
      path: string
      status: number
      code: string | undefined
      reason: string | undefined
    }

export type OnEvent = (event: ClientEvent) => void

/** The network itself, measured. */
export const network =
  (onEvent: OnEvent): Send =>
  async (url, init) => {
    const started = performance.now()
    const answer = await fetch(url, init)
    const body = await answer.arrayBuffer()
    const { status, statusText, headers } = answer
    onEvent({
      type: 'exchange',
      method: init.method,
      url,
      status,
      bytes: Number(headers.get('content-length') ?? body.byteLength),
      ms: performance.now() - started,
    })
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers })
  }
