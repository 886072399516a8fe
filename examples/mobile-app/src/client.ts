/** What one request cost the app. */
export type Exchange = {
  status: number
  /** Bytes of body that came over the air; none for a 304. */
  bytes: number
  ms: number
}

type Options = { address: string; token?: string; locale?: string }

/** A client as the app has it: it keeps what it was sent by its ETag, and asks again with it. */
export function createMobileClient({ address, token, locale = 'en' }: Options) {
  const kept = new Map<string, { etag: string; screen: unknown }>()

  return {
    /** @throws {Error} with the problem's code, for an answer that is not a screen */
    async get<Screen>(path: string): Promise<Exchange & { screen: Screen }> {
      const known = kept.get(path)
      const started = performance.now()
      const answer = await fetch(address + path, {
        headers: {
          'accept-language': locale,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(known && { 'if-none-match': known.etag }),
        },
      })
      const body = await answer.text()
      const exchange = {
        status: answer.status,
        bytes: Buffer.byteLength(body),
        ms: performance.now() - started,
      }
      if (answer.status === 304 && known) return { ...exchange, screen: known.screen as Screen }
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${body}`)
      const screen = JSON.parse(body)
      const etag = answer.headers.get('etag')
      if (etag) kept.set(path, { etag, screen })
      return { ...exchange, screen }
    },
  }
}
