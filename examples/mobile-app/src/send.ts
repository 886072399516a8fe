/** A request as the layers of the client hand it on. */
export type SendInit = { method: string; headers: Headers; body?: string }

/** Sends a request; each layer of the client wraps another. @throws when there is no answer at all */
export type Send = (url: string, init: SendInit) => Promise<Response>

/** What the app may want to know besides its answers. */
export type ClientEvent =
  /** What one request cost. `bytes` is the body as it was transferred; 0 for a 304. */
  | { type: 'exchange'; method: string; url: string; status: number; bytes: number; ms: number }
  /** This version of the app is no longer served: show where to get a newer one. */
  | { type: 'app-too-old'; updateUrl: string | undefined }
  /** What is stored is too old for a delta: discard it and load everything. */
  | { type: 'start-over'; url: string }
  /** The token is not accepted: log in. */
  | { type: 'unauthenticated' }
  /** A write of the outbox was done; `answer` is its JSON. */
  | { type: 'write-done'; key: string; path: string; answer: unknown }
  /** A write of the outbox was refused for good: tell the user. `reason` is set for a refused checkout. */
  | {
      type: 'write-refused'
      key: string
      path: string
      status: number
      code: string | undefined
      reason: string | undefined
    }

export type OnEvent = (event: ClientEvent) => void

/** A server that is silent for so long is as good as none. */
const ANSWER_MS = 20_000

/** The network itself, measured. @throws when there is no whole answer within 20 s */
export const network =
  (onEvent: OnEvent): Send =>
  async (url, init) => {
    const started = performance.now()
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) })
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
